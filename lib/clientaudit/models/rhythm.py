"""Each client's own rhythm, and how surprising its present silence is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from clientaudit.models.maximum import Floats, NotIdentifiable, Objective, intervals, maximise

MIN_CLIENTS = 30
NAMES = ("shape", "r", "alpha")


@dataclass(frozen=True, eq=False)
class Rhythm:
    """Gaps between purchases: gamma around each client's own mean, client rates Gamma(r, alpha).

    theta: shape (regularity of the gaps: 1 = at random, 4 = regular), r, alpha (a time).
    covariance: of their logarithms. Clients of one base share shape, r and alpha; a client's own
    gaps move its rate away from the others' as they accumulate (empirical Bayes).

    In every method: gaps = completed gaps of each client (n), span = their sum, silence = time
    since the last purchase; one value per client, times in the unit of the fit.
    """

    theta: Floats
    covariance: Floats
    log_likelihood: float

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by name."""
        return dict(zip(NAMES, self.theta.tolist(), strict=True))

    def intervals(self, *, confidence: float = 0.95) -> dict[str, tuple[float, float]]:
        """Low and high bound of each parameter, on the log scale."""
        return intervals(NAMES, self.theta, self.covariance, confidence)

    def p_silence(self, gaps: ArrayLike, span: ArrayLike, silence: ArrayLike) -> Floats:
        """P(a gap lasts at least this long | still buying): small = the silence is out of rhythm.

        I_{(alpha+span)/(alpha+span+silence)}(r + n shape, shape), regularised incomplete beta.
        Not the probability that the client has left: that is `p_gone`.
        """
        from scipy.special import betainc

        shape, known = self._known(gaps, span)
        silence = np.asarray(silence, dtype=np.float64)
        return np.asarray(betainc(shape, self.theta[0], known / (known + silence)))

    def _known(self, gaps: ArrayLike, span: ArrayLike) -> tuple[Floats, Floats]:
        """Shape and (inverse) scale of each client's rate after its completed gaps."""
        regularity, r, alpha = self.theta
        n, t = (np.asarray(values, dtype=np.float64) for values in (gaps, span))
        return r + n * regularity, alpha + t


def fit_rhythm(
    gaps: ArrayLike, span: ArrayLike, log_gaps: ArrayLike
) -> Rhythm | NotIdentifiable[Rhythm]:
    """The rhythm of a base, from completed gaps alone.

    gaps: completed gaps of each client, at least 1; span: their sum; log_gaps: the sum of their
    logarithms. The silence that runs never enters: it would have to be explained by departures
    too, and pulls the shape down (4 reads as 2.4 at a yearly loss of 15 %).

    Fewer than 30 clients, or parameters that run away (all clients of one rhythm), are
    `NotIdentifiable`; in the second case the limit's `p_silence` stands. ValueError for a client
    without a gap.
    """
    n, t, logs = (np.asarray(values, dtype=np.float64) for values in (gaps, span, log_gaps))
    if not len({n.shape, t.shape, logs.shape}) == n.ndim == 1 or not ((n >= 1) & (t > 0)).all():
        raise ValueError("each client needs at least one gap, longer than 0")
    if len(n) < MIN_CLIENTS:
        return NotIdentifiable("too_few")
    typical = float(np.exp(np.log(t / n).mean()))
    starts = [np.array([shape, 2.0, 2 * shape * typical]) for shape in (0.7, 1.5, 5.0)]
    found = maximise(_likelihood(n, t, logs), starts, np.array([1.0, 1.0, typical]))
    fit = Rhythm(np.exp(found.log_theta), found.covariance, found.value)
    if found.loose:
        return NotIdentifiable("loose_parameters", fit, tuple(NAMES[at] for at in found.loose))
    return fit


def p_gone(p_silence: ArrayLike, gap: ArrayLike, *, yearly_loss: float, year: float) -> Floats:
    """P(the client has left | its silence), by Bayes from P(a gap lasts at least this long).

    gap: the client's mean gap; year: length of a year in the same unit. A client who loses the
    share π = 1 - (1 - yearly_loss)^(gap/year) per gap has left with π / (π + (1 - π) p).
    """
    p = np.asarray(p_silence, dtype=np.float64)
    loss = 1 - (1 - yearly_loss) ** (np.asarray(gap, dtype=np.float64) / year)
    return np.asarray(loss / (loss + (1 - loss) * p))


def _likelihood(n: Floats, t: Floats, logs: Floats) -> Objective:
    from scipy.special import digamma, gammaln

    clients, total, all_logs = len(n), float(n.sum()), float(logs.sum())
    n, t, alike = _distinct(n, t)
    levels, place = np.unique(n, return_inverse=True)
    count = np.bincount(place, alike)

    def objective(log_theta: Floats) -> tuple[float, Floats]:
        k, r, alpha = np.exp(log_theta)
        shape, log_known = r + n * k, np.log(alpha + t)
        by_n, rise = gammaln(r + k * levels), count * digamma(r + k * levels)
        value = (
            count @ by_n
            + clients * (r * np.log(alpha) - gammaln(r))
            + (k - 1) * all_logs
            - total * gammaln(k)
            - np.sum(alike * shape * log_known)
        )
        gradient = [
            rise @ levels - np.sum(alike * n * log_known) + all_logs - total * digamma(k),
            rise.sum() + clients * (np.log(alpha) - digamma(r)) - np.sum(alike * log_known),
            clients * r / alpha - np.sum(alike * shape / (alpha + t)),
        ]
        return float(value), np.array(gradient) * np.exp(log_theta)

    return objective


def _distinct(n: Floats, t: Floats) -> tuple[Floats, Floats, Floats]:
    """The distinct pairs of two columns, in order, and how many clients share each."""
    pairs, count = np.unique(n + 1j * t, return_counts=True)
    return pairs.real.copy(), pairs.imag.copy(), count.astype(np.float64)
