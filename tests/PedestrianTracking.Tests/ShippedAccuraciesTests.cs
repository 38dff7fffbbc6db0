namespace PedestrianTracking.Tests;

public sealed class ShippedAccuraciesTests
{
    [Fact]
    public void Every_combination_of_variants_ships_with_every_metric()
    {
        var expected = from detector in Tracking.Detector.Variants from embedder in Tracking.Embedder.Variants select (detector.Name, embedder.Name);

        var shipped = ShippedAccuracies.Read();

        Assert.Equal(expected.Order(), shipped.Select(c => (c.Variants["detector"], c.Variants["embedder"])).Order());
        Assert.All(shipped, c => Assert.Equal(["ap50", "cross-camera-idf1", "id-switches", "idf1", "mota"], c.Metrics.Keys));
    }

    [Fact]
    public void Every_figure_names_the_command_that_measures_it_and_what_it_was_measured_with() => Assert.All(
        ShippedAccuracies.Read(),
        c => Assert.Matches("^profile --truth \\S+ .*; left .*region=0,0,448,576.* right .*region=320,0,448,576.*; [0-9]{4}-[0-9]{2}-[0-9]{2}$", c.Provenance));

    [Fact]
    public void Accuracy_of_tracks_leaves_a_choice_between_cheap_and_good()
    {
        var mota = ShippedAccuracies.Read().Select(c => c.Metrics["mota"]).ToList();

        Assert.InRange(mota.Min(), 0, 0.6);
        Assert.InRange(mota.Max(), 0.8, 1);
    }
}
