using JellyBean.Runtime.Envelope;

namespace JellyBean.Runtime.Sources;

/// <summary>How far a source is admitted: what is settled of it, and what a snapshot has to say so that it goes on there. One thread at a time.</summary>
/// <param name="reader">What is admitted from.</param>
internal sealed class AdmittedSoFar(SourceReader reader)
{
    private readonly long _allowedLateness = reader.Options.AllowedLateness.Ticks;
    private long _taken;
    private (long Sampled, long Shed) _leftOut;
    private double _tokens = RateLimit.Full;

    /// <summary>The last number that was admitted; -1 before the first.</summary>
    public long Number { get; private set; } = -1;

    /// <summary>The latest event time, UTC ticks; the least before the first.</summary>
    public long Reached { get; private set; } = long.MinValue;

    /// <summary>Whether event time goes on without it until its next element.</summary>
    public bool IsIdle { get; set; }

    /// <summary>No element behind is meant to be older.</summary>
    public long Watermark => Reached == long.MinValue ? long.MinValue : Reached - _allowedLateness;

    /// <summary>What may be said downstream.</summary>
    public Frontier Frontier => new(reader.Source.Id, Number, Watermark, IsIdle);

    /// <summary>What is said downstream behind the last.</summary>
    public Frontier Last => new(reader.Source.Id, Number, Frontier.Ended);

    /// <summary>Of those up to the last that was admitted, all that were not taken were dropped; what was dropped behind it is read again.</summary>
    public SourceState State => new(Number, Reached, Number + 1 - _taken, reader.Next, IsIdle, _leftOut.Sampled, _leftOut.Shed, _tokens);

    /// <summary>Begins where it was read to.</summary>
    public void Begin(SourceState state)
    {
        (Number, Reached, _taken) = (state.Number, state.Reached, state.Number + 1 - state.Dropped);
        (IsIdle, _leftOut, _tokens) = (state.IsIdle, (state.Sampled, state.Shed), state.Tokens);
    }

    /// <summary>One is taken; what another version has read before it is, too, though not here.</summary>
    public void Take(NumberedOffer offer)
    {
        (Number, _leftOut, _tokens, IsIdle) = (offer.Number, (offer.Sampled, offer.Shed), offer.Tokens, false);
        _taken += 1 + reader.TakePassed(offer.Passed);
    }

    /// <summary>An element of a time is admitted.</summary>
    /// <returns>Whether it is too late to be of its own time.</returns>
    public bool Reach(long eventTicks)
    {
        var isLate = eventTicks < Watermark;
        Reached = Math.Max(Reached, eventTicks);
        return isLate;
    }

    /// <summary>Another version has read up to a number: that is settled there, and nobody knows when the next comes.</summary>
    /// <returns>Whether it was behind that.</returns>
    public bool PassTo((long Passed, long Next) by)
    {
        if (by.Next - 1 <= Number)
        {
            return false;
        }

        _taken += reader.TakePassed(by.Passed);
        (Number, IsIdle) = (by.Next - 1, true);
        return true;
    }

    /// <summary>What was left out by now, counts; where reading goes on, it is not left out again.</summary>
    public void CountLeftOut() => _leftOut = reader.LeftOut;

    /// <summary>What was dropped behind the last that was admitted is as settled as that.</summary>
    public void SettleAll()
    {
        Number = Math.Max(Number, reader.Next - 1);
        CountLeftOut();
    }
}
