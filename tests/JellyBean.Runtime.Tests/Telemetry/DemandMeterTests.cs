using CsCheck;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Tests.Telemetry;

public sealed class DemandMeterTests
{
    private long _now = 10_000;

    [Fact]
    public void Wait_that_goes_on_is_told_before_it_ends()
    {
        var meter = new DemandMeter(() => _now);
        var clock = meter.Open();

        clock.Begin(_now);
        _now += 1500;
        var during = meter.Read();
        clock.End(_now);
        _now += 4500;
        var after = meter.Read();

        Assert.Equal((1.5, 1.0), during);
        Assert.Equal((1.5, 0.0), after);
    }

    [Fact]
    public void Share_is_that_of_the_last_second_or_so_and_stays_between()
    {
        var meter = new DemandMeter(() => _now);
        var clock = meter.Open();
        for (var i = 0; i < 10; i++)
        {
            clock.Begin(_now);
            _now += 30;
            clock.End(_now);
            _now += 70;
        }

        Assert.Equal((0.3, 0.3), Rounded(meter.Read()));
        _now += 500;
        Assert.Equal((0.3, 0.3), Rounded(meter.Read()));
    }

    [Fact]
    public void Instances_count_alike_and_one_that_ends_takes_nothing_back()
    {
        var meter = new DemandMeter(() => _now);
        var (waits, works) = (meter.Open(), meter.Open());

        waits.Begin(_now);
        _now += 1000;
        var both = meter.Read();
        meter.Close(works);
        _now += 1000;
        var alone = meter.Read();
        meter.Close(waits);
        _now += 1000;

        Assert.Equal((0.5, 0.5), both);
        Assert.Equal((1.5, 1.0), alone);
        Assert.Equal((1.5, 0.0), meter.Read());
    }

    [Fact]
    public void Whatever_instances_do_it_is_never_more_than_the_time_and_never_less_than_before() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Long[0, 400]).Array[1, 60].Sample(steps =>
        {
            var (now, began) = (1L, 1L);
            var meter = new DemandMeter(() => now);
            var clocks = new List<DemandClock>();
            var before = 0.0;
            foreach (var (what, which, elapsed) in steps)
            {
                now += elapsed;
                Do(meter, clocks, what, which, now);
                var (seconds, share) = meter.Read();
                Assert.InRange(seconds, before, ((now - began) / 1000.0) + 1e-9);
                Assert.InRange(share, 0, 1);
                before = seconds;
            }
        });

    private static void Do(DemandMeter meter, List<DemandClock> clocks, int what, int which, long now)
    {
        if (what == 0 || clocks.Count == 0)
        {
            clocks.Add(meter.Open());
            return;
        }

        var clock = clocks[which % clocks.Count];
        switch (what)
        {
            case 1:
                clock.Begin(now);
                break;
            case 2:
                clock.End(now);
                break;
            default:
                clocks.Remove(clock);
                meter.Close(clock);
                break;
        }
    }

    private static (double Seconds, double Share) Rounded((double Seconds, double Share) read) => (Math.Round(read.Seconds, 9), Math.Round(read.Share, 9));
}
