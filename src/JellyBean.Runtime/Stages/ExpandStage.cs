using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Stages;

/// <summary>Divides an element: gives a header with what is kept of it, then its parts. Keeps order; holds the parts of one element.</summary>
internal sealed class ExpandStage(ExpandOperator op, StageMeter meter) : ItemStage(op.Id.Value)
{
    protected override Akka.Streams.Stage.GraphStageLogic CreateLogic(Akka.Streams.Attributes inheritedAttributes) => new Logic(this, op, meter);

    private sealed class Logic(ExpandStage stage, ExpandOperator op, StageMeter meter) : ItemLogic(stage, meter)
    {
        private readonly List<object> _parts = [];

        protected override void OnElement(Element element)
        {
            var started = Meter.Start();
            try
            {
                var kept = op.Split(element.Value, _parts);
                Meter.Finish(started, _parts.Count);
                Give(element.Derive(element.Lineage, kept, _parts.Count));
                for (var i = 0; i < _parts.Count; i++)
                {
                    Give(element.Derive(element.Lineage.Child(i), _parts[i]));
                }
            }
            catch (Exception cause)
            {
                Meter.Failed(element.Lineage, cause);
                Meter.Finish(started, 0);
            }

            _parts.Clear();
        }
    }
}
