using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Stages;

/// <summary>Puts the answers for an element's parts together under the element's own lineage. Keeps order; holds one element's answers per source.</summary>
/// <remarks>Parts follow their header in the source's order: if the next header or the frontier comes first, a part has failed, and so its element has.</remarks>
internal sealed class RegroupStage(RegroupOperator op, StageMeter meter) : ItemStage(op.Id.Value)
{
    protected override Akka.Streams.Stage.GraphStageLogic CreateLogic(Akka.Streams.Attributes inheritedAttributes) => new Logic(this, op, meter);

    private sealed class Group(Element header)
    {
        public Element Header { get; } = header;

        public object[] Answers { get; } = new object[header.Parts];

        public int Count { get; set; }
    }

    private sealed class Logic(RegroupStage stage, RegroupOperator op, StageMeter meter) : ItemLogic(stage, meter)
    {
        private readonly Dictionary<SourceId, Group> _open = [];

        protected override void OnElement(Element element)
        {
            var source = element.Lineage.Source;
            if (element.IsHeader)
            {
                if (_open.TryGetValue(source, out var unfinished))
                {
                    Meter.Incomplete(unfinished.Header.Lineage);
                }

                var group = new Group(element);
                _open[source] = group;
                CloseIfWhole(source, group);
            }
            else if (_open.TryGetValue(source, out var group) && IsPartOf(element, group))
            {
                group.Answers[element.Lineage.Path[^1]] = element.Value;
                group.Count++;
                CloseIfWhole(source, group);
            }
        }

        protected override void OnFrontier(Frontier frontier)
        {
            if (_open.TryGetValue(frontier.Source, out var group) && group.Header.Lineage.Number <= frontier.Number)
            {
                _open.Remove(frontier.Source);
                Meter.Incomplete(group.Header.Lineage);
            }

            Give(frontier);
        }

        // All parts of a header that comes before a barrier do too: those that have not come have failed. So there is nothing to store.
        protected override void OnBarrier(SnapshotBarrier barrier)
        {
            foreach (var group in _open.Values)
            {
                Meter.Incomplete(group.Header.Lineage);
            }

            _open.Clear();
            Give(barrier);
        }

        private static bool IsPartOf(Element part, Group group)
        {
            var header = group.Header.Lineage;
            var lineage = part.Lineage;
            return lineage.Number == header.Number
                && lineage.Path.Length == header.Path.Length + 1
                && lineage.Path.AsSpan(0, header.Path.Length).SequenceEqual(header.Path.AsSpan());
        }

        private void CloseIfWhole(SourceId source, Group group)
        {
            if (group.Count < group.Answers.Length)
            {
                return;
            }

            _open.Remove(source);
            var started = Meter.Start();
            try
            {
                var result = op.Combine(group.Header.Value, group.Answers);
                Meter.Finish(started, 1);
                Give(group.Header.Derive(group.Header.Lineage, result));
            }
            catch (Exception cause)
            {
                Meter.Failed(group.Header.Lineage, cause);
                Meter.Finish(started, 0);
            }
        }
    }
}
