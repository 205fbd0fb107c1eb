"""Findings about the activity log in words."""

from app.models.activity import ChainCheck, ChainFault, FaultKind


def fault_text(fault: ChainFault) -> str:
    """What is wrong, and where, in one sentence."""
    match fault.kind:
        case FaultKind.ALTERED:
            return f"Line {fault.line} is not as it was written."
        case FaultKind.MISSING if fault.after == 0:
            return f"Lines before line {fault.line} are missing."
        case FaultKind.MISSING:
            return f"Lines between {fault.after} and {fault.line} are missing, or line {fault.after} was replaced."
        case FaultKind.CUT_OFF if fault.after == 0:
            return "All lines are missing."
        case FaultKind.CUT_OFF:
            return f"The newest lines, after line {fault.after}, are missing, or line {fault.after} was replaced."
        case FaultKind.FOREIGN:
            return f"The newest lines, up to line {fault.after}, were not written by Plantwatch."


def check_text(check: ChainCheck) -> str:
    """The result of walking the log in one sentence."""
    if check.faults:
        counts = f": {check.lines} lines are there, {check.recorded_lines} were written"
        return f"The activity log was tampered with{counts if check.lines != check.recorded_lines else ''}."
    if check.noted_found is False:
        return (
            "The activity log holds together, but no line has the noted hash: it is not the log that it was taken from."
        )
    return f"The activity log is whole; lines: {check.lines}, each as it was written and none missing."
