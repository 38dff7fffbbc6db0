using System.Globalization;
using JellyBean.Planning.Profiles;
using JellyBean.Runtime;
using JellyBean.Runtime.Calibration;
using JellyBean.Vision.Payloads;
using PedestrianTracking;

namespace JellyBean.Benchmarks.Figures;

/// <summary>
/// Two profiles of the example on this machine: how far their median times of single elements are apart, for the variant that differs most.
/// </summary>
/// <remarks>
/// Each profile is three calibrations, those of one between those of the other, and takes each variant's least median: what disturbs a machine makes runs longer, never shorter.
/// </remarks>
internal static class ProfileRepeat
{
    private const int Rounds = 3;

    public static Figure Figure { get; } = new(
        "profile.repeat",
        ["relative-spread"],
        "at most 0.10: two profiles of the same machine agree, each variant's median within 10 %",
        _ => MeasureAsync());

    private static async Task<FigureValue> MeasureAsync()
    {
        var cores = new List<double> { ObtainedCores.Measure() };
        var (first, second) = (new Dictionary<string, double>(), new Dictionary<string, double>());
        for (var round = 0; round < Rounds; round++)
        {
            // Which one comes first changes, so that drift meets both.
            foreach (var medians in round % 2 == 0 ? new[] { first, second } : [second, first])
            {
                KeepLeast(medians, await CalibrateAsync());
            }

            cores.Add(ObtainedCores.Measure());
        }

        var spreads = first.Select(f => (Variant: f.Key, Spread: Math.Abs(f.Value - second[f.Key]) / Math.Min(f.Value, second[f.Key]))).OrderByDescending(s => s.Spread).ToList();
        foreach (var (variant, spread) in spreads)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {variant}: {first[variant]:0.000} and {second[variant]:0.000} ms, {spread:0.000} apart"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  part of the cores obtained meanwhile: {string.Join(", ", cores.Select(c => c.ToString("0.00", CultureInfo.InvariantCulture)))}"));
        return new FigureValue([spreads[0].Spread], IsConclusive: spreads[0].Spread <= 0.1 || cores.Min() >= ObtainedCores.Unloaded);
    }

    private static Task<Profile> CalibrateAsync()
    {
        var bindings = ClipCameras.Names.Aggregate(new WorkflowBindings(Tracking.Workflow), (bound, camera) => bound.With(Tracking.Cameras, camera, () => ClipCameras.Open(camera)));
        return WorkflowCalibration.MeasureAsync(
            bindings, MessageSizer.Empty.With(new FrameCodec()).With(new CropCodec()), new CalibrationOptions { LargestBatch = 1, Budget = TimeSpan.FromSeconds(30) }, "figure profile.repeat", null, default);
    }

    private static void KeepLeast(Dictionary<string, double> medians, Profile profile)
    {
        foreach (var time in profile.ServiceTimes.Where(t => t.Variant is not null && t.Distribution is not null))
        {
            var median = time.Distribution!.MedianMs;
            medians[time.Variant!] = Math.Min(median, medians.GetValueOrDefault(time.Variant!, median));
        }
    }
}
