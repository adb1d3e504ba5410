"""Places of service: what they are, and in which of them a service is paid as in a facility.

Sources: CMS, Place of Service Code Set (its 52 assigned codes; the names here are our own), and, for how each is paid,
CMS, Medicare Claims Processing Manual, chapter 26, section 10.5.
"""

from __future__ import annotations

from cptref.errors import UsageError

NAMES = {
    "01": "pharmacy",
    "02": "telehealth, the patient not at home",
    "03": "school",
    "04": "homeless shelter",
    "05": "Indian Health Service, free-standing",
    "06": "Indian Health Service, part of a hospital",
    "07": "tribal facility, free-standing",
    "08": "tribal facility, part of a hospital",
    "09": "prison",
    "10": "telehealth, the patient at home",
    "11": "office",
    "12": "home",
    "13": "assisted living",
    "14": "group home",
    "15": "mobile unit",
    "16": "hotel, camp or other short stay",
    "17": "walk-in clinic in a store",
    "18": "workplace",
    "19": "outpatient hospital, off campus",
    "20": "urgent care",
    "21": "hospital, inpatient",
    "22": "outpatient hospital, on campus",
    "23": "emergency room of a hospital",
    "24": "surgery center",
    "25": "birthing center",
    "26": "military treatment facility",
    "27": "street or outreach site",
    "31": "skilled nursing facility",
    "32": "nursing facility",
    "33": "custodial care",
    "34": "hospice",
    "41": "ambulance on land",
    "42": "ambulance in air or on water",
    "49": "independent clinic",
    "50": "federally qualified health center",
    "51": "psychiatric hospital, inpatient",
    "52": "psychiatric hospital, part of the day",
    "53": "community mental health center",
    "54": "home for people with intellectual disabilities",
    "55": "substance abuse treatment, residential",
    "56": "psychiatric treatment, residential",
    "57": "substance abuse treatment, not residential",
    "58": "opioid treatment, not residential",
    "60": "mass immunization center",
    "61": "rehabilitation, inpatient",
    "62": "rehabilitation, outpatient",
    "65": "dialysis",
    "66": "PACE center",
    "71": "public health clinic",
    "72": "rural health clinic",
    "81": "independent laboratory",
    "99": "other place",
}
FACILITIES = frozenset(
    ["02", "06", "08", "19", "21", "22", "23", "24", "26", "31", "34", "41", "42", "51", "52", "53", "56", "61"]
)


def parse_place(typed: str) -> str:
    """Return a place of service with its two digits, "" for none. Raise UsageError for what is no place."""
    place = typed.strip()
    if not place or place.zfill(2) in NAMES:
        return place and place.zfill(2)
    raise UsageError(
        f"{typed!r} is not a place of service", hint="11 is an office, 22 a hospital and 24 a surgery center"
    )


def choose_setting(place: str) -> str:
    """Return the setting that a place of service is paid as: `facility` or `office`, which is also for "" (unsaid)."""
    return "facility" if place in FACILITIES else "office"
