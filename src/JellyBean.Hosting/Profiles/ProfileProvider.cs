using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using JellyBean.Hosting.Configuration;
using JellyBean.Planning.Profiles;
using JellyBean.Runtime;
using JellyBean.Runtime.Calibration;
using JellyBean.Workflows.Models;
using Microsoft.Extensions.Logging;

namespace JellyBean.Hosting.Profiles;

/// <summary>Gives the profile to plan with: a file that was asked for, what was measured before, or a quick calibration.</summary>
internal sealed class ProfileProvider(ProgramDefinition program, ILogger<ProfileProvider> logger)
{
    /// <param name="configuration">Says which.</param>
    /// <param name="bindings">The workflow and its sources.</param>
    /// <param name="recalibrate">Measures even if it was measured before.</param>
    /// <param name="progress">Told when a calibration begins, and its steps.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Profile> GetAsync(
        HostConfiguration configuration, WorkflowBindings bindings, bool recalibrate, IProgress<string> progress, CancellationToken cancellationToken)
    {
        if (configuration.ProfileFile is { } asked)
        {
            var given = await ProfileFile.ReadAsync(asked, cancellationToken).ConfigureAwait(false);
            var here = ThisMachine.Fingerprint;
            if (given.Machine != here)
            {
                ProfileLog.OtherMachine(logger, asked, given.Machine.Processor, given.Machine.Cores, here.Processor, here.Cores);
            }

            ProfileLog.Used(logger, asked, given.Provenance);
            return WithAccuracies(given);
        }

        var path = PathOf(configuration);
        var known = recalibrate ? null : await TryReadAsync(path, cancellationToken).ConfigureAwait(false);
        return WithAccuracies(known ?? await MeasureAsync(configuration, bindings, path, progress, cancellationToken).ConfigureAwait(false));
    }

    private async Task<Profile?> TryReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var profile = await ProfileFile.ReadAsync(path, cancellationToken).ConfigureAwait(false);
            if (profile.Validate(program.Workflow) is { IsEmpty: false } errors)
            {
                throw new BadInputException(errors[0]);
            }

            ProfileLog.Used(logger, path, profile.Provenance);
            return profile;
        }
        catch (BadInputException wrong)
        {
            ProfileLog.Unusable(logger, path, wrong.Message);
            return null;
        }
    }

    private async Task<Profile> MeasureAsync(
        HostConfiguration configuration, WorkflowBindings bindings, string path, IProgress<string> progress, CancellationToken cancellationToken)
    {
        progress.Report("measuring the workflow on this machine, once");
        var steps = new LoggedSteps(logger);
        var profile = await QuickCalibration.MeasureAsync(bindings, program.Sizes, configuration.Calibration, steps, cancellationToken).ConfigureAwait(false);
        try
        {
            await ProfileFile.WriteAsync(profile, path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            ProfileLog.NotKept(logger, path, cause.Message);
        }

        return profile;
    }

    // Accuracies belong to models, not to machines: the program's own are never measured here, and a file's come first.
    private Profile WithAccuracies(Profile profile)
    {
        var known = profile.Accuracies.Select(Key).ToHashSet();
        return profile with { Accuracies = [.. profile.Accuracies, .. program.Accuracies.Where(a => !known.Contains(Key(a)))] };

        static string Key(AccuracyRow row) => $"{row.Metric} {string.Join(' ', row.Variants.OrderBy(v => v.Operator).Select(v => $"{v.Operator}={v.Variant}"))}";
    }

    /// <summary>One file for each machine, build of the workflow and set of sources: other pictures give other sizes and fan-outs.</summary>
    private string PathOf(HostConfiguration configuration)
    {
        var text = new StringBuilder().Append(ThisMachine.Fingerprint).Append('\n').Append(program.Workflow.Fingerprint).Append('\n').Append(configuration.Calibration).Append('\n');
        foreach (var source in configuration.Sources)
        {
            text.Append(source.Id).Append(' ').AppendJoin(' ', source.Values.OrderBy(v => v.Key, StringComparer.Ordinal)).Append('\n');
        }

        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 8));
        return Path.Combine(ModelCache.Folder, "profiles", $"{program.Workflow.Name}-{key}.json");
    }

    private sealed class LoggedSteps(ILogger logger) : IProgress<string>
    {
        public void Report(string value) => ProfileLog.Step(logger, value);
    }
}
