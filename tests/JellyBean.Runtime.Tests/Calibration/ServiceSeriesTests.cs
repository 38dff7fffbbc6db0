using JellyBean.Runtime.Calibration;

namespace JellyBean.Runtime.Tests.Calibration;

public class ServiceSeriesTests
{
    [Fact]
    public void Series_tells_mean_percentiles_and_variance()
    {
        var series = new ServiceSeries();
        for (var ms = 100; ms >= 1; ms--)
        {
            series.Add(ms);
        }

        var distribution = series.Distribution();

        Assert.Equal(50.5, series.Mean);
        Assert.Equal((100, 50, 90, 99), (distribution.Count, distribution.MedianMs, distribution.P90Ms, distribution.P99Ms));
        Assert.Equal(833.25, distribution.Variance, 6);
    }

    [Fact]
    public void Series_of_one_has_no_error_that_could_be_told()
    {
        var series = new ServiceSeries();
        series.Add(3);

        Assert.Equal(double.PositiveInfinity, series.RelativeError);
    }

    [Fact]
    public void Series_of_the_same_is_known_exactly()
    {
        var series = new ServiceSeries();
        series.Add(3);
        series.Add(3);

        Assert.Equal(0, series.RelativeError);
    }
}
