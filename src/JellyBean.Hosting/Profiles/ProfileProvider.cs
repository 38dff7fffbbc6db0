using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using JellyBean.Hosting.Commands;
using JellyBean.Hosting.Configuration;
using JellyBean.Planning.Profiles;
using JellyBean.Runtime;
using JellyBean.Runtime.Calibration;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using Microsoft.Extensions.Logging;

namespace JellyBean.Hosting.Profiles;

/// <summary>Gives the profile to plan with: a file that was asked for, what was measured before, or a quick calibration.</summary>
internal sealed class ProfileProvider(ProgramDefinition program, TimeProvider clock, ILogger<ProfileProvider> logger)
{
    /// <param name="input">Says which.</param>
    /// <param name="bindings">The workflow and its sources.</param>
    /// <param name="recalibrate">Measures even if it was measured before.</param>
    /// <param name="progress">Told when a calibration begins, and its steps.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Profile> GetAsync(Checked input, WorkflowBindings bindings, bool recalibrate, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var profile = input.Given ?? await KnownOrMeasuredAsync(input.Configuration, bindings, recalibrate, progress, cancellationToken).ConfigureAwait(false);
        foreach (var gap in profile.Gaps)
        {
            ProfileLog.Gap(logger, gap.Variant, gap.Operator.Value, gap.BatchSize, gap.Reason);
        }

        return await WithAccuraciesAsync(profile, input.Configuration, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Measures the workflow on this machine and keeps the profile.</summary>
    /// <param name="configuration">The sources.</param>
    /// <param name="bindings">The workflow and its sources.</param>
    /// <param name="options">How much is looked at.</param>
    /// <param name="origin">What asked for it, for the provenance.</param>
    /// <param name="progress">Told of live sources that are waited for.</param>
    /// <param name="steps">Told of each step.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BadInputException">Live sources give nothing.</exception>
    public async Task<Profile> MeasureAsync(
        HostConfiguration configuration, WorkflowBindings bindings, CalibrationOptions options, string origin, IProgress<string> progress, IProgress<string> steps, CancellationToken cancellationToken)
    {
        await AwaitLiveAsync(configuration, progress, cancellationToken).ConfigureAwait(false);
        var profile = await WorkflowCalibration.MeasureAsync(bindings, program.Sizes, options, origin, steps, cancellationToken).ConfigureAwait(false);
        if (ProfileScatter.Of(profile) is { } scatter)
        {
            ProfileLog.Scattered(logger, scatter);
        }

        var path = PathOf(configuration);
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

    /// <summary>Tells apart what was measured on this machine; null where nothing was.</summary>
    public async Task<string?> FingerprintAsync(HostConfiguration configuration, CancellationToken cancellationToken)
    {
        var path = configuration.ProfileFile ?? PathOf(configuration);
        return File.Exists(path) ? Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false)))[..16] : null;
    }

    /// <summary>Where a machine's profile is kept: one file for each machine, build of the workflow, content of the model files and set of sources, as other pictures give other sizes and fan-outs.</summary>
    public string PathOf(HostConfiguration configuration) => CachePath("profiles", ThisMachine.Fingerprint.ToString(), configuration);

    /// <summary>Where measured accuracies are kept: one file for each build of the workflow, content of the model files and set of sources, whatever the machine.</summary>
    public string AccuraciesPathOf(HostConfiguration configuration) => CachePath("accuracies", "", configuration);

    /// <summary>Reads the profile that was asked for.</summary>
    /// <returns>Null where none was.</returns>
    /// <exception cref="BadInputException">It cannot be used.</exception>
    public async Task<Profile?> GivenAsync(HostConfiguration configuration, CancellationToken cancellationToken)
    {
        if (configuration.ProfileFile is not { } path)
        {
            return null;
        }

        var given = await ProfileFile.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        var differences = string.Join("; ", ProfileDifferences.Of(given, ThisMachine.Fingerprint, program.Workflow.Fingerprint));
        if (differences.Length > 0)
        {
            ProfileLog.MeasuredElsewhere(logger, path, differences);
        }

        if (given.Validate(program.Workflow) is { IsEmpty: false } errors)
        {
            throw new BadInputException([.. errors.Select(e => $"'{path}': {e}")]);
        }

        ProfileLog.Used(logger, path, given.Provenance);
        return given;
    }

    private async Task<Profile> KnownOrMeasuredAsync(
        HostConfiguration configuration, WorkflowBindings bindings, bool recalibrate, IProgress<string> progress, CancellationToken cancellationToken)
    {
        if (!recalibrate && await TryReadAsync(PathOf(configuration), cancellationToken).ConfigureAwait(false) is { } known)
        {
            return known;
        }

        progress.Report("measuring the workflow on this machine, once for these sources; half a minute, or as long as live ones take to give enough");
        return await MeasureAsync(configuration, bindings, configuration.Calibration, "quick calibration", progress, new CalibrationSteps(logger, progress, clock), cancellationToken).ConfigureAwait(false);
    }

    // They are measured one after the other: that some are away is told at once, and of all of them.
    private async Task AwaitLiveAsync(HostConfiguration configuration, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var live = new LiveProbe(clock, progress);
        var errors = new InputErrors();
        errors.Add((await Task.WhenAll(configuration.Sources.Select(SilenceAsync)).ConfigureAwait(false)).OfType<string>());
        errors.ThrowIfAny();

        async Task<string?> SilenceAsync(SourceConfiguration source)
        {
            try
            {
                await program.Inputs[source.Input].AwaitAsync(source.NewSettings(), live, cancellationToken).ConfigureAwait(false);
                return null;
            }
            catch (SourceException silent)
            {
                return silent.Message;
            }
        }
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

    // Accuracies belong to models, not to machines. A profile's own come first, then those measured here, then the program's.
    private async Task<Profile> WithAccuraciesAsync(Profile profile, HostConfiguration configuration, CancellationToken cancellationToken)
    {
        var rows = profile.Accuracies.Select(r => r with { Origin = configuration.ProfileFile is { } file ? $"profile '{file}'" : r.Origin }).ToList();
        if (AccuraciesPathOf(configuration) is var path && File.Exists(path))
        {
            try
            {
                rows.AddRange((await AccuracyFile.ReadAsync(path, program.Workflow, cancellationToken).ConfigureAwait(false)).Rows(
                    $"'{path}', measured with these sources{(program.AccuracyFiles.IsEmpty ? "" : "; without that file, the program's own count")}"));
            }
            catch (BadInputException wrong)
            {
                ProfileLog.AccuraciesUnusable(logger, wrong.Message);
            }
        }

        foreach (var shipped in program.AccuracyFiles)
        {
            rows.AddRange((await AccuracyFile.ReadAsync(shipped, program.Workflow, cancellationToken).ConfigureAwait(false)).Rows($"'{shipped}', which comes with the program"));
        }

        rows.AddRange(program.Accuracies.Select(r => r with { Origin = r.Origin ?? "the program itself" }));
        return profile with { Accuracies = [.. rows.DistinctBy(Key)] };

        static string Key(AccuracyRow row) => $"{row.Metric} {string.Join(' ', row.Variants.OrderBy(v => v.Operator).Select(v => $"{v.Operator}={v.Variant}"))}";
    }

    private string CachePath(string folder, string machine, HostConfiguration configuration)
    {
        var text = new StringBuilder().Append(machine).Append('\n').Append(program.Workflow.Fingerprint).Append('\n')
            .Append(VariantFiles.Fingerprint(program.Workflow)).Append('\n').Append(configuration.Calibration).Append('\n');
        foreach (var source in configuration.Sources)
        {
            text.Append(source.Id).Append(' ').AppendJoin(' ', source.Values.OrderBy(v => v.Key, StringComparer.Ordinal)).Append('\n');
        }

        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 8));
        return Path.Combine(ModelCache.Folder, folder, $"{program.Workflow.Name}-{key}.json");
    }
}
