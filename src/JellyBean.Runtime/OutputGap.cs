using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime;

/// <summary>Elements of a live source that an output may lack results of: they were offered, but not settled there, when the plan that was in force ended before its time, by a crash or a command.</summary>
/// <param name="Output">The output.</param>
/// <param name="Source">The live source, which cannot give them again.</param>
/// <param name="Numbers">The elements. Those that its overload policy had dropped are among them, and the first may have results: that nothing else comes of it had not been heard.</param>
/// <param name="IsExact">
/// Whether both ends are known. False where the node that read the source, or wrote the output, is lost: then they are as it said last. A few of the first may have
/// been written, and what was offered afterwards and lost with the node has numbers behind the last.
/// </param>
public sealed record OutputGap(OperatorId Output, SourceId Source, NumberRange Numbers, bool IsExact);
