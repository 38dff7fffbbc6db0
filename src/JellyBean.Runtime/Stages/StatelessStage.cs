using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Stages;

/// <summary>Select, where, select-many. Keeps order; holds the results of one element; an element whose function throws fails alone.</summary>
internal sealed class StatelessStage(StatelessOperator op, StageMeter meter) : ItemStage(op.Id.Value)
{
    protected override Akka.Streams.Stage.GraphStageLogic CreateLogic(Akka.Streams.Attributes inheritedAttributes) => new Logic(this, op, meter);

    private sealed class Logic(StatelessStage stage, StatelessOperator op, StageMeter meter) : ItemLogic(stage, meter)
    {
        private readonly List<object> _results = [];
        private readonly bool _hasChildren = op.Kind == OperatorKind.SelectMany;

        protected override void OnElement(Element element)
        {
            var started = Meter.Start();
            try
            {
                op.Apply(element.Value, _results);
            }
            catch (Exception cause)
            {
                _results.Clear();
                Meter.Failed(element.Lineage, cause);
            }

            Meter.Finish(started, _results.Count);
            if (_hasChildren)
            {
                for (var i = 0; i < _results.Count; i++)
                {
                    Give(element.Derive(element.Lineage.Child(i), _results[i]));
                }
            }
            else if (_results.Count == 1)
            {
                element.Value = _results[0];
                Give(element);
            }

            _results.Clear();
        }
    }
}
