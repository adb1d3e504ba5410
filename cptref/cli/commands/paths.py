"""`cptref paths`."""

import typer

from cptref.cli.options import Form, Width
from cptref.cli.output import print_result
from cptref.cli.session import extra_folders

EXAMPLES = ("cptref paths",)


def show_paths(ctx: typer.Context, form: Form = None, width: Width = None) -> None:
    """Show where data, notes and cache are."""
    from cptref import paths
    from cptref.models.results import PathsAnswer

    answer = PathsAnswer(
        data=str(paths.data_dir()),
        library=str(paths.user_library_dir()),
        notes=str(paths.notes_file()),
        cache=str(paths.cache_dir()),
        libraries=tuple(extra_folders(ctx.obj)),
    )
    print_result(ctx.obj, answer, form, width)


COMMAND = show_paths
