using System.Buffers;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows.Graph;
using MessagePack;

namespace JellyBean.Runtime.Stages;

/// <summary>A state for each key, advanced by each element in the order of its source. Keeps order; holds the states and the results of one element.</summary>
/// <remarks>If the user's step throws, the element fails and the state stays as the step left it.</remarks>
internal sealed class ProcessStage(ProcessOperator op, StageMeter meter, StateSlot slot) : ItemStage(op.Id.Value)
{
    protected override Akka.Streams.Stage.GraphStageLogic CreateLogic(Akka.Streams.Attributes inheritedAttributes) => new Logic(this, op, meter, slot);

    private sealed class Logic(ProcessStage stage, ProcessOperator op, StageMeter meter, StateSlot slot) : ItemLogic(stage, meter)
    {
        private readonly Dictionary<string, object> _states = new(StringComparer.Ordinal);
        private readonly List<object> _results = [];

        public override void PreStart() => Await(slot, piece => StateFormat.Read(piece, Read));

        protected override void OnElement(Element element)
        {
            var started = Meter.Start();
            try
            {
                var key = op.KeyOf(element.Value);
                if (!_states.TryGetValue(key, out var state))
                {
                    _states[key] = state = op.CreateState();
                }

                op.Step(state, element.Value, _results);
            }
            catch (Exception cause)
            {
                _results.Clear();
                Meter.Failed(element.Lineage, cause);
            }

            Meter.Finish(started, _results.Count);
            for (var i = 0; i < _results.Count; i++)
            {
                Give(element.Derive(element.Lineage.Child(i), _results[i]));
            }

            _results.Clear();
        }

        protected override void OnBarrier(SnapshotBarrier barrier)
        {
            slot.Give(barrier.Snapshot, op.StateVersion, () => StateFormat.Write(_states, Write));
            Give(barrier);
        }

        protected override void OnComplete() => slot.Leave();

        private void Write(ref MessagePackWriter writer, Dictionary<string, object> states)
        {
            writer.WriteMapHeader(states.Count);
            foreach (var (key, state) in states)
            {
                writer.Write(key);
                writer.Write(op.Snapshot(state));
            }
        }

        private int Read(ref MessagePackReader reader)
        {
            var count = reader.ReadMapHeader();
            for (var i = 0; i < count; i++)
            {
                var key = reader.ReadString()!;
                var bytes = reader.ReadBytes();
                if (slot.Owns(key))
                {
                    _states[key] = op.Restore(bytes is { } written ? written.ToArray() : ReadOnlyMemory<byte>.Empty);
                }
            }

            return count;
        }
    }
}
