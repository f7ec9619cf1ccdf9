"""What can keep the owner from writing an agreement, each with the sentence that helps.

AgreementError           an agreement cannot be written so (exit code 2)
├── EditionNeededError   it is not said which edition a change is of
├── NoSuchEditionError   no edition goes by that
├── CurrencyMixedError   the customer's bills are in another currency
├── UnknownCustomerError no customer goes by that name
└── SeveralCustomersError more than one does
"""

from collections.abc import Iterable

from app.domain.errors import UsageError
from app.service.errors import ServiceError


class AgreementError(ServiceError, UsageError):
    """An agreement cannot be written so. Nothing was changed."""

    exit_code = UsageError.exit_code


class EditionNeededError(AgreementError):
    """It is not said which edition a change is of. `latest` are the short names of those that hold now."""

    def __init__(self, name: str, latest: Iterable[str]) -> None:
        words = " ".join(f"--based-on {one}" for one in latest)
        super().__init__(
            f"“{name}” is there already, and with other terms. See what holds (`bistand admin agreement list`), and "
            f"say that yours is a change of it: {words}. An agreement of its own has a name of its own."
        )


class NoSuchEditionError(AgreementError):
    """No edition of the agreement goes by that."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"No edition of this agreement goes by “{name[:40]}”: `bistand admin agreement list` has them."
        )


class CurrencyMixedError(AgreementError):
    """The customer's bills are in another currency."""

    def __init__(self, customer: str, known: str, other: str) -> None:
        super().__init__(
            f"{customer} has an agreement in {known}, and one in {other} cannot be mixed in: a month would have two "
            "totals. Write this agreement in the same currency."
        )


class UnknownCustomerError(AgreementError):
    """No customer goes by that name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"No customer goes by “{name[:40]}”. A technician adds them: `bistand customer NAME add`; "
            "whoever has asked for help is known by their own name."
        )


class SeveralCustomersError(AgreementError):
    """More than one customer goes by that. `customers` are a line each."""

    def __init__(self, name: str, customers: Iterable[str]) -> None:
        lines = "\n".join(f"  {line}" for line in customers)
        super().__init__(
            f"More than one customer goes by “{name[:40]}”. Nothing was done. Name one by the id:\n{lines}"
        )
