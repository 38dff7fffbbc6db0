using Google.OrTools.LinearSolver;

namespace JellyBean.Optimizer.Models;

/// <summary>A limit that an elastic model may pass, and the variable that says by which part of itself.</summary>
internal sealed record Slack(SlackKind Kind, string Subject, Variable Variable);

internal enum SlackKind
{
    Utilisation,
    OneInstance,
    Host,
    Bandwidth,
    Memory,
    Accuracy,
    Latency,
    Sharing,
    Budget,
    Spare,
}
