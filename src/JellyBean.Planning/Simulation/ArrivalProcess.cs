using System.Collections.Immutable;

namespace JellyBean.Planning.Simulation;

/// <summary>How a source's elements follow each other. Every process keeps the source's planned rate on average.</summary>
public abstract record ArrivalProcess
{
    private ArrivalProcess()
    {
    }

    /// <summary>Independent elements: exponential times between them.</summary>
    public static ArrivalProcess Poisson { get; } = new PoissonArrivals();

    /// <summary>One element after the other at equal times, as from a camera. Sources begin at random within the first interval.</summary>
    public static ArrivalProcess Even { get; } = new EvenArrivals();

    /// <summary>Calm and bursts by turns, Poisson in each: a Markov-modulated Poisson process with two states.</summary>
    /// <param name="peak">The rate in a burst, as a multiple of the mean: above 1, and at most 1 / <paramref name="part"/>.</param>
    /// <param name="part">The part of the time that is bursts: above 0 and below 1.</param>
    /// <param name="length">The mean length of a burst.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public static ArrivalProcess Bursty(double peak, double part, TimeSpan length)
    {
        if (!(part is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(part), part, "Allowed: above 0 and below 1.");
        }

        if (!(peak > 1 && peak * part <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(peak), peak, $"Allowed: above 1 to {1 / part}, so that the mean is kept.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(length, TimeSpan.Zero);
        return new BurstyArrivals(peak, part, length.TotalSeconds);
    }

    /// <summary>
    /// Poisson where <paramref name="burstiness"/> is 1; above, bursts of three times the mean rate for a fifth of the time, of the length that makes counts so uneven; below, times between elements of which
    /// a part is constant, all of it at 0.
    /// </summary>
    /// <param name="burstiness">The variance of counts in a long time as a multiple of their mean: finite, 0 or more. See <see cref="PlanningOptions.Burstiness"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is outside its range.</exception>
    public static ArrivalProcess OfBurstiness(double burstiness)
    {
        if (!(burstiness >= 0 && double.IsFinite(burstiness)))
        {
            throw new ArgumentOutOfRangeException(nameof(burstiness), burstiness, "Allowed: a finite number, 0 or more.");
        }

        return burstiness switch { 0 => Even, < 1 => new CalmArrivals(burstiness), 1 => Poisson, _ => new UnevenArrivals(burstiness) };
    }

    /// <summary>Arrivals as they were recorded, stretched to the source's planned rate and repeated.</summary>
    /// <param name="gaps">Times between elements, in any unit: finite, none negative, not all zero.</param>
    /// <exception cref="ArgumentException">The gaps are no recording.</exception>
    public static ArrivalProcess Recorded(ImmutableArray<double> gaps)
    {
        if (gaps.IsDefaultOrEmpty || gaps.Any(g => !double.IsFinite(g) || g < 0) || gaps.Sum() is not (> 0 and < double.PositiveInfinity))
        {
            throw new ArgumentException("Allowed: at least one gap, all finite and none negative, together above zero.", nameof(gaps));
        }

        return new RecordedArrivals(gaps);
    }

    /// <summary>Times of arrival in seconds from 0, without end.</summary>
    internal abstract IEnumerable<double> Times(double rate, Random random);

    private static double Exponential(double rate, Random random) => -Math.Log(1 - random.NextDouble()) / rate;

    private sealed record PoissonArrivals : ArrivalProcess
    {
        internal override IEnumerable<double> Times(double rate, Random random)
        {
            for (var at = Exponential(rate, random); ; at += Exponential(rate, random))
            {
                yield return at;
            }
        }
    }

    private sealed record EvenArrivals : ArrivalProcess
    {
        internal override IEnumerable<double> Times(double rate, Random random)
        {
            var first = random.NextDouble();
            for (var n = 0L; ; n++)
            {
                yield return (first + n) / rate;
            }
        }
    }

    /// <remarks>Gaps whose exponential part has the deviation √index in mean gaps: the index of a renewal process is the squared variation of its gaps.</remarks>
    private sealed record CalmArrivals(double Index) : ArrivalProcess
    {
        internal override IEnumerable<double> Times(double rate, Random random)
        {
            var part = Math.Sqrt(Index);
            for (var at = random.NextDouble() / rate; ; at += ((1 - part) / rate) + Exponential(rate / part, random))
            {
                yield return at;
            }
        }
    }

    private sealed record BurstyArrivals(double Peak, double Part, double Length) : ArrivalProcess
    {
        internal override IEnumerable<double> Times(double rate, Random random)
        {
            var (high, low) = (rate * Peak, rate * (1 - (Part * Peak)) / (1 - Part));
            var isBurst = random.NextDouble() < Part;
            for (var from = 0.0; ; isBurst = !isBurst)
            {
                // Exponential times have no memory: what a state leaves unfinished needs not be carried into the next.
                var until = from + Exponential(1 / (isBurst ? Length : Length * (1 - Part) / Part), random);
                var current = isBurst ? high : low;
                for (var at = from + Exponential(current, random); at < until; at += Exponential(current, random))
                {
                    yield return at;
                }

                from = until;
            }
        }
    }

    /// <remarks>
    /// Counts of a Poisson process whose rate changes have a variance of (1 + 2 v τ) times their mean per element, where v is the variance of the rate over its squared mean and τ the time, in mean
    /// gaps, in which the rate forgets: τ = length × (1 − part).
    /// </remarks>
    private sealed record UnevenArrivals(double Index) : ArrivalProcess
    {
        private const double Peak = 3, Part = 0.2;

        internal override IEnumerable<double> Times(double rate, Random random)
        {
            const double Variance = (Peak - 1) * (Peak - 1) * Part / (1 - Part);
            return new BurstyArrivals(Peak, Part, (Index - 1) / (2 * Variance * (1 - Part) * rate)).Times(rate, random);
        }
    }

    private sealed record RecordedArrivals(ImmutableArray<double> Gaps) : ArrivalProcess
    {
        internal override IEnumerable<double> Times(double rate, Random random)
        {
            var stretch = Gaps.Length / (rate * Gaps.Sum());
            var at = 0.0;
            for (var i = random.Next(Gaps.Length); ; i = (i + 1) % Gaps.Length)
            {
                at += Gaps[i] * stretch;
                yield return at;
            }
        }
    }
}
