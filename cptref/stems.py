"""Words -> stems, which their forms share: American spelling, then Snowball's English stemmer, with exceptions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# British spelling -> American, by rule: oedema, tumour, fibre, programme, catalogue, sterilise. Lines and queries get
# the same treatment, so a rule that spoils a word spoils it in both.
_SPELLING_RULES = (
    ("ae|oe(?!s?$)", "e"),
    ("(?<=[a-z]{2})our", "or"),
    ("(?<=[a-z]{3})([iy])s(?=e[drs]?$|ing$|ation)", r"\1z"),
    ("(?<=[bt])re(?=s?$)", "er"),
    ("(?<=[a-z]{2}m)me(?=s?$)", ""),
    ("(?<=og)ue(?=s?$)", ""),
    ("sulph", "sulf"),
)
_SPELLING_HINT = "ae|oe|our|[iy]s|re|me|ue|sulph"  # how each rule's match begins; most words contain none of these

# Words that begin like others and are not about the same thing: a word and its forms in each line. Snowball's stemmer
# takes most of them for forms of the others: position and positive, extremity and extreme.
_UNLIKE_LIST = """
accession accessions
accountant accountants accountancy
admiral admirals
adversity adversities
affection affections affectionate affectionately
affective
ambulance ambulances
animate animated animates animating animation animations
apartment apartments
appendicitis
appropriation appropriations
army armies
aspire aspires aspired aspiring
audition auditions auditioned
authority authorities
authorize authorizes authorized authorizing authorization authorizations
backing
bedding
business businesses
candid candidly
capitation
caste castes
colonize colonizes colonized colonizing colonization
compassion compassionate compassionately
competent competently competence competency competencies
conference conferences
consistent consistently consistency
continental
contraction contractions
coroner coroners
corporal
critic critics criticism criticisms criticize criticized
cultural culturally
customer customers
decadent decadence
decimate decimated decimating
definite definitely
designate designates designated designating designation
director directors
diversion diversions
elementary
emergency emergencies
empiric empirical empirically
executive executives
experiment experiments experimented experimenting experimental experimentally experimentation
extensive extensively
extremity extremities
fabricate fabricates fabricated fabricating fabrication
footing
formation formations
fortunate fortunately
generation generations
generic generics generically
hardly
heading headings
hepatitis
hospitality hospitable
humane humanely
humoral
identical identically
ignorant ignorance
important importance importantly
impressive impressively
incurable
informal informally
initiative initiatives
integrity
intensive intensively
internal internally
irony ironic ironically
laboratory laboratories
lately
lateral laterally
liter liters
literate literacy
lunge lunges lunged lunging
majority majorities
maxim maxims
medication medications medicate medicates medicated medicating
mineral minerals
minority minorities
multiplication
negate negates negated negating negation negations
negligible negligibly
nominal nominally
numerous
objective objectives objectively objectivity
officer officers
orderly
ordination
organism organisms
oriental
palatable
periodical periodicals
personality personalities
physics physicist physicists
plantar
policy policies
polite politely politeness
position positions positioned positioning positional
practical practically practicality
providence
proximity
publication publications
quite
rational rationally rationality
relative relatives relatively
residency residencies
respective respectively
responsible responsibly responsibility responsibilities
secrete secretes secreted secreting secretion secretions secretory
several
severe severely severity severities
sinusitis
specialize specializes specialized specializing specialization
specification specifications
subjective subjectively
succession successive successively
tablet tablets
temperate temperance
terminate terminates terminated terminating termination terminations
university universities
vegetation vegetations vegetative
vertebrate vertebrates
"""
# Forms that the stemmer does not know.
_ALIKE_LIST = """
diagnosis diagnoses diagnose diagnosed diagnosing
metastasis metastases
stenosis stenoses
swell swells swelled swelling swellings swollen
testis testes testicle testicles testicular
weak weakly weaker weakest weakness weaknesses weaken weakens weakened weakening
"""
_UNLIKE_WORDS = frozenset(_UNLIKE_LIST.split())
_FAMILIES = {
    word: f"{family.split()[0]}."  # no other word's stem
    for family in f"{_UNLIKE_LIST}{_ALIKE_LIST}".splitlines()
    for word in family.split()
}


def normalize_spelling(word: str) -> str:
    """Return a folded word in American spelling, as far as rules can tell."""
    if not word.isalpha() or not re.search(_SPELLING_HINT, word):
        return word
    for pattern, replacement in _SPELLING_RULES:
        word = re.sub(pattern, replacement, word)
    return word


def stem_words(words: Iterable[str]) -> list[str]:
    """Return the stem of each folded word, which its forms share, as Snowball's English stemmer has it.

    Abbreviations in capitals, numbers, and what has a digit in it are their own stems.
    """
    import Stemmer

    normalized = [normalize_spelling(word) for word in words]
    stems = Stemmer.Stemmer("english").stemWords(normalized)
    return [
        _FAMILIES.get(word) or (stem if word.isalpha() and not word.isupper() else word)
        for word, stem in zip(normalized, stems, strict=True)
    ]


def is_unlike_others(word: str) -> bool:
    """Return whether other words begin as this one does by chance: lateral is not about what is late."""
    return word in _UNLIKE_WORDS
