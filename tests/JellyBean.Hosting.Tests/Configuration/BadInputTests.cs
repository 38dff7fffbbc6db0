namespace JellyBean.Hosting.Tests.Configuration;

/// <summary>What users can get wrong, from the command line to the message: file, key, value and what is allowed; nothing is planned.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Catalogue = """
        jellybean.infrastructure {
          name = small
          tiers = [edge, cloud]
          worker-types {
            box { tier = edge, price-per-hour = 0.1, cores = 1, memory = 1 GiB }
            vm { tier = cloud, price-per-hour = 0.2, cores = 1, memory = 1 GiB }
          }
          workers { edge.type = box, cloud.type = vm }
          links.up { from = edge, to = cloud, price-per-gib = 0.1, bandwidth = 20 Mbit/s }
        }
        """;

    private const string Profile = """
        {
          "version": 2,
          "provenance": "made up",
          "machine": { "processor": "p", "cores": 1, "system": "s", "runtime": "r" },
          "serviceTimes": [{ "operator": "namer", "variant": "small", "workerType": "box", "serviceMs": 10 }, { "operator": "namer", "variant": "small", "workerType": "vm", "serviceMs": 5 }],
          "footprints": [{ "operator": "namer", "variant": "small", "memoryBytes": 1000 }],
          "outputs": [{ "operator": "numbers", "messageBytes": 10 }, { "operator": "namer", "messageBytes": 10 }]
        }
        """;

    private readonly TestProgram _program = new();

    [Theory]
    [InlineData("bandwidth = 20 Mbit/s", "bandwidth = 0 Mbit/s", "jellybean.infrastructure.links.up.bandwidth is '0 Mbit/s' (small.conf:9); allowed: a bandwidth above 0.")]
    [InlineData("price-per-hour = 0.1", "price-per-hour = NaN", "jellybean.infrastructure.worker-types.box.price-per-hour is 'NaN' (small.conf:5); allowed: a number, 0 or more.")]
    [InlineData("cores = 1,", "cores = -1,", "jellybean.infrastructure.worker-types.box.cores is '-1' (small.conf:5); allowed: a number above 0")]
    [InlineData("price-per-gib = 0.1", "price-per-gib = -0.1", "jellybean.infrastructure.links.up.price-per-gib is '-0.1' (small.conf:9); allowed: a number, 0 or more.")]
    [InlineData("links.up", "link.up", "jellybean.infrastructure.link is unknown (small.conf:9); allowed: ")]
    [InlineData("links.up { from = edge, to = cloud, price-per-gib = 0.1, bandwidth = 20 Mbit/s }", "", "small.conf:1: Catalogue 'small': tier 'cloud' is disconnected: no chain of links joins it to tier 'edge'.")]
    [InlineData("cloud.type = vm", "cloud.type = wm", "small.conf:1: Catalogue 'small': worker 'cloud': type 'wm' is unknown; allowed: box, vm.")]
    public async Task Catalogue_with_a_mistake_is_refused_with_its_place(string right, string wrong, string expected) =>
        await RefusesAsync(expected, Replaced(Catalogue, right, wrong), Profile);

    [Theory]
    [InlineData("\"variant\": \"small\", \"memoryBytes\"", "\"variant\": \"tiny\", \"memoryBytes\"", "profile.json': Profile of 'naming': footprint of 'namer' (variant tiny): variant 'tiny' is unknown; allowed: small, large.")]
    [InlineData("\"serviceMs\": 10", "\"serviceMs\": -10", "profile.json': Profile of 'naming': service time of 'namer' (variant small, batch 1, box): milliseconds is -10; allowed: a finite number, above 0.")]
    [InlineData("\"serviceMs\": 10", "\"serviceMs\": NaN", "profile.json' is not understood: 'N' is an invalid start of a value. LineNumber: 4")]
    [InlineData("\"serviceMs\": 10", "\"serviceMs\": \"fast\"", "Path: $.serviceTimes[0].serviceMs")]
    [InlineData("\"operator\": \"numbers\"", "\"operator\": \"letters\"", "profile.json': Profile of 'naming': output profile of 'letters': operator 'letters' is unknown; allowed: namer, names, numbers.")]
    [InlineData(", { \"operator\": \"namer\", \"variant\": \"small\", \"workerType\": \"vm\", \"serviceMs\": 5 }", "", "the profile misses 'namer' (variant small) on worker type vm.")]
    public async Task Profile_with_a_mistake_is_refused_with_its_place(string right, string wrong, string expected) =>
        await RefusesAsync(expected, Catalogue, Replaced(Profile, right, wrong));

    [Theory]
    [InlineData("--rate=NaN", "--rate is 'NaN'; allowed: elements per second above 0")]
    [InlineData("--rate=-3", "--rate is '-3'; allowed: elements per second above 0")]
    [InlineData("--rate=west=3", "--rate names source 'west', which is unknown; allowed: a.")]
    [InlineData("--accuracy=NaN", "--accuracy is 'NaN'; allowed: a number")]
    [InlineData("--utilisation=0", "--utilisation is '0'; allowed: a number above 0 to 1.")]
    [InlineData("--mode=P9", "--mode is 'P9'; allowed: ALL, BACK, P1, ROUTE, SHARE.")]
    [InlineData("--spare=fog", "--spare is 'fog', which is no tier of the catalogue; allowed: edge, cloud.")]
    [InlineData("--set=jellybean.planning.spare-tiers=[fog]", "jellybean.planning.spare-tiers is 'fog', which is no tier of the catalogue; allowed: edge, cloud.")]
    [InlineData("--percentile=101", "--percentile is '101'; allowed: a whole number from 1 to 99")]
    [InlineData("--set=jellybean.inputs.numbers.a.rate=NaN", "jellybean.inputs.numbers.a.rate is 'NaN' (--set); allowed: a number from 0.001 to 1000000.")]
    [InlineData("--set=jellybean.planning.mode=P9", "jellybean.planning.mode is 'P9' (--set); allowed: ALL, BACK, P1, ROUTE, SHARE.")]
    public async Task Command_line_with_a_mistake_is_refused(string argument, string expected) => await RefusesAsync(expected, Catalogue, Profile, argument);

    [Fact]
    public async Task What_cannot_be_planned_whatever_is_measured_is_told_before_anything_is()
    {
        var catalogue = _program.Write(Replaced(Catalogue, "edge.type = box", "spare.type = vm"), "small.conf");

        var code = await _program.InvokeAsync("plan", "--brief", "--number", "a=x", "--catalogue", catalogue);

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Contains("source 'numbers/a' is attached to tier 'edge', but the catalogue has workers in cloud.", _program.Error, StringComparison.Ordinal);
        Assert.Equal(0, _program.Sources.Given);
    }

    [Fact]
    public async Task Input_without_mistakes_is_planned()
    {
        var code = await PlanAsync(Catalogue, Profile);

        Assert.Equal((ExitCodes.Ok, ""), (code, _program.Error));
    }

    public void Dispose() => _program.Dispose();

    private async Task RefusesAsync(string expected, string catalogue, string profile, params string[] more)
    {
        var code = await PlanAsync(catalogue, profile, more);

        Assert.Contains(expected, _program.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCodes.BadInput, ""), (code, _program.Output));
    }

    private Task<int> PlanAsync(string catalogue, string profile, params string[] more) => _program.InvokeAsync(
    [
        "plan", "--brief", "--number", "a=x", "--catalogue", _program.Write(catalogue, "small.conf"), "--profile", _program.Write(profile, "profile.json"), .. more,
    ]);

    private static string Replaced(string text, string right, string wrong)
    {
        var at = text.IndexOf(right, StringComparison.Ordinal);
        return at >= 0 ? text.Remove(at, right.Length).Insert(at, wrong) : throw new ArgumentException($"The right text has no '{right}'.", nameof(right));
    }
}
