using System.Collections.Immutable;

namespace JellyBean.Planning.Costs;

/// <summary>How long elements wait behind others at a machine or link: a bound of the tail of a queue.</summary>
/// <remarks>
/// <para>
/// P(wait > t) ≤ e^(−η t), where η solves E[e^(η (work − time between arrivals))] = 1: Kingman, A martingale inequality in the theory of queues (1964), after Lundberg and Cramér. For work that
/// comes in independent clumps of D it is u (e^x − 1) = x with x = η D and u the part of the time that the server is busy. A clump stands for what makes queues long: with arrivals whose counts have a variance
/// of b times their mean and service times of mean s and squared coefficient of variation c², D = s (b + c²), which has the two moments that Kingman's heavy-traffic wait is made of.
/// Against that, D / 2 (1 − u) per factor e, this is as long near full use and up to three times as short at light load, where the other is much too long.
/// </para>
/// <para>
/// Utilisations count in steps, rounded up, so that a program of whole numbers and a check of its answer mean the same by them. Above <see cref="Most"/> there is no bound.
/// </para>
/// </remarks>
public static class QueueTail
{
    /// <summary>The utilisation up to which waits are bounded.</summary>
    public const double Most = 0.95;

    /// <summary>Part of a step by which a utilisation may pass it: rounding of solvers and sums.</summary>
    private const double Tolerance = 1e-6;

    private static readonly ImmutableArray<double> Tenths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, Most];

    private static readonly ImmutableArray<double> Decays = [.. Tenths.Select(Decay)];

    /// <summary>The steps for utilisations up to a limit.</summary>
    public static IEnumerable<double> StepsTo(double limit) => Tenths.TakeWhile((_, i) => i == 0 || Tenths[i - 1] < limit * (1 - Tolerance));

    /// <summary>The time in which the chance of waiting longer falls by a factor of e, as a multiple of a clump's work; infinity where there is no bound.</summary>
    /// <param name="utilisation">Part of the time that the server is busy, 0 or more.</param>
    public static double DecayAt(double utilisation)
    {
        for (var i = 0; i < Tenths.Length; i++)
        {
            if (utilisation <= Tenths[i] * (1 + Tolerance))
            {
                return Decays[i];
            }
        }

        return double.PositiveInfinity;
    }

    /// <summary>1 / x where u (e^x − 1) = x and x > 0; x lies between 2 (1 − u) and 2 (1 − u) / u.</summary>
    private static double Decay(double u)
    {
        var (low, high) = (2 * (1 - u), 2 * (1 - u) / u);
        for (var i = 0; i < 60; i++)
        {
            var x = (low + high) / 2;
            (low, high) = u * (Math.Exp(x) - 1) < x ? (x, high) : (low, x);
        }

        return 1 / low;
    }
}
