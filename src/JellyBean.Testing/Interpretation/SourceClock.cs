using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using JellyBean.Workflows.Graph;

namespace JellyBean.Testing.Interpretation;

/// <summary>Numbers the elements of one source and tells which are late.</summary>
internal sealed class SourceClock(SourceId id, InputOperator input)
{
    private DateTimeOffset? _reached;

    public InputOperator Input { get; } = input;

    public long Offered { get; private set; }

    public long Late { get; private set; }

    /// <summary>Takes the next element that the source offers; null, counted as failed, for a bad one.</summary>
    public Element? Take(Offer offer, Tally tally)
    {
        var lineage = Lineage.Of(id, Offered++);
        if (offer.Value is null)
        {
            // The time of what could not be read proves nothing: it makes no other element late.
            tally.Fail(Input.Id, lineage, offer.Fault ?? "The source gave no value.");
            return null;
        }

        if (_reached - offer.EventTime > Input.AllowedLateness)
        {
            Late++;
            return new Element(lineage, offer.EventTime, _reached, offer.Value);
        }

        _reached = _reached > offer.EventTime ? _reached : offer.EventTime;
        return new Element(lineage, offer.EventTime, null, offer.Value);
    }
}
