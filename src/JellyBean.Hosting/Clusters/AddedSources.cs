using System.Collections.Concurrent;
using System.Collections.Immutable;
using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Configuration;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Runtime.Commands;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Clusters;

/// <summary>Makes sources that are added while the workflow runs, and plans with them. Thread-safe.</summary>
/// <param name="inputs">The program's.</param>
/// <param name="workers">Those that a source may be attached to.</param>
internal sealed class AddedSources(IReadOnlyDictionary<Workflows.OperatorId, InputRegistration> inputs, IReadOnlyList<WorkerId> workers) : ISourceMaker
{
    // Asking a source for its rate may take another program's time, and the answer stays.
    private readonly ConcurrentDictionary<SourceAddition, double> _rates = new();

    public IReadOnlyList<string> Problems(SourceAddition source) => Read(source).Settings.Errors;

    public WorkflowBindings Bind(WorkflowBindings bindings, SourceAddition source)
    {
        var (read, settings) = Read(source);
        return settings.Errors.Count > 0
            ? throw new SourceException($"Source '{source}' cannot be made: {string.Join(" ", settings.Errors)}")
            : inputs[source.Input].Bind(bindings, read, pace: null);
    }

    /// <summary>What is to be planned with the sources that people have added, and without those that they have removed.</summary>
    /// <param name="problem">With the configured sources.</param>
    /// <param name="request">Says which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BadInputException">A source does not know its rate, and nobody has said it.</exception>
    public async Task<PlanningProblem> ApplyAsync(PlanningProblem problem, ClusterPlanRequest request, CancellationToken cancellationToken)
    {
        var errors = new List<string>();
        var added = ImmutableArray.CreateBuilder<SourceDemand>();
        foreach (var addition in request.Added.Where(a => !a.Settings.IsEmpty))
        {
            var (source, settings) = Read(addition);
            if (settings.Errors.Count > 0)
            {
                errors.AddRange(settings.Errors);
                continue;
            }

            var (known, trouble) = source.Rate is { } said ? (said, null) : await RateAsync(addition, cancellationToken).ConfigureAwait(false);
            if (known is not { } rate)
            {
                errors.Add(trouble is null
                    ? $"Source '{addition}' does not know how many elements per second it gives. Say it, as in rate=10."
                    : $"{trouble} Or, where it can be read only on the node that will do so, say how many elements per second it gives, as in rate=10.");
                continue;
            }

            added.Add(new SourceDemand { Source = source.Id, Input = source.Input, Rate = rate, Tier = inputs[source.Input].Tier, Worker = source.Node });
        }

        foreach (var forgotten in _rates.Keys.Except(request.Added))
        {
            _rates.TryRemove(forgotten, out _);
        }

        var replaced = added.Select(a => a.Source).ToHashSet();
        return errors.Count > 0
            ? throw new BadInputException(errors)
            : problem with { Sources = [.. problem.Sources.Where(s => !request.Removed.Contains(s.Source) && !replaced.Contains(s.Source)), .. added] };
    }

    private async Task<(double? Rate, string? Trouble)> RateAsync(SourceAddition addition, CancellationToken cancellationToken)
    {
        if (_rates.TryGetValue(addition, out var known))
        {
            return (known, null);
        }

        try
        {
            var rate = await inputs[addition.Input].NominalRateAsync(Read(addition).Source.NewSettings(), cancellationToken).ConfigureAwait(false);
            return (rate is { } found ? _rates[addition] = found : null, null);
        }
        catch (SourceException cause)
        {
            // It cannot be read from here; perhaps from where it will be.
            return (null, string.Join(" ", Failure.MessagesOf(cause)));
        }
    }

    private (SourceConfiguration Source, SourceSettings Settings) Read(SourceAddition addition)
    {
        var settings = new SourceSettings(addition.Source.Value, addition.Name, addition.Settings);
        return (SourceKeys.Read(inputs[addition.Input], settings, addition.Settings, addition.Source.Value, workers), settings);
    }
}
