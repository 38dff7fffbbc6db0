using JellyBean.Hosting.Profiles;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace JellyBean.Hosting.Tests.Profiles;

public sealed class CalibrationStepsTests
{
    [Fact]
    public void Steps_that_come_quickly_are_told_every_five_seconds()
    {
        var (clock, heard) = (new FakeTimeProvider(), new Heard());
        var steps = new CalibrationSteps(NullLogger.Instance, heard, clock);

        foreach (var step in Enumerable.Range(1, 12))
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            steps.Report($"step {step}");
        }

        Assert.Equal(["… step 5", "… step 10"], heard);
    }

    private sealed class Heard : List<string>, IProgress<string>
    {
        public void Report(string value) => Add(value);
    }
}
