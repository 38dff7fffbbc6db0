using System.Collections.Immutable;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Hocon;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime;
using JellyBean.Runtime.Links;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.DependencyInjection;

namespace JellyBean.Hosting.Tests.Configuration;

public sealed class ConfigurationReaderTests : IDisposable
{
    private const string OneBox = """
        jellybean.infrastructure {
          name = one-box, tiers = [edge]
          worker-types.box { tier = edge, price-per-hour = 1, cores = auto, memory = 1 GiB }
          workers.only { type = box }
        }
        """;

    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public void Configuration_whole_is_read_into_records()
    {
        var configuration = Read("""
            include "local.conf"
            jellybean {
              output = /tmp/somewhere
              inputs.numbers {
                north { uri = ${?NORTH}, node = edge-1, site = gate, overload = "drop-oldest:3", rate = 7.5, scale = 2 }
                south { }
              }
              objectives.names { accuracy { least = 0.7 }, p99 = 500ms }
              planning { utilisation-cap = 0.7, allow-splits = false, time-limit = 5s }
              profile { elements = 8, budget = 1500ms }
              cluster { drain-deadline = 5m, report-interval = 100ms }
            }
            """);

        var north = configuration.Sources[0];
        Assert.Equal(("north", "gate", 7.5), (north.Name, north.Site, north.Rate!.Value));
        Assert.Equal(new WorkerId("edge-1"), north.Node);
        Assert.Equal(Overload.DropOldest(3), north.Overload);
        Assert.Equal("south", configuration.Sources[1].Name);
        Assert.Equal(new Objectives { Accuracy = new AccuracyFloor("recall", 0.7), P99 = TimeSpan.FromMilliseconds(500) }, configuration.Objectives[new OperatorId("names")]);
        Assert.Equal((0.7, false, TimeSpan.FromSeconds(5)), (configuration.Planning.UtilisationCap, configuration.Planning.AllowSplits, configuration.Planning.TimeLimit));
        Assert.Equal((8, TimeSpan.FromSeconds(1.5)), (configuration.Calibration.Elements, configuration.Calibration.Budget));
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromMilliseconds(100)), (configuration.Cluster.DrainDeadline, configuration.Cluster.ReportInterval));
        Assert.Equal("/tmp/somewhere", configuration.OutputFolder);
        Assert.Equal("laptop", configuration.Catalogue.Name);
    }

    [Fact]
    public void Links_are_as_they_are_configured_and_what_is_wrong_is_told_with_its_key()
    {
        var links = Read("jellybean { inputs.numbers.a { }, links { window = 256 KiB, most-pause = 5s } }").Links;
        var wrong = Assert.Throws<BadInputException>(() => Read("jellybean { inputs.numbers.a { }, links { window = 4 GiB, silence-deadline = 1s, patience = 1s } }"));

        Assert.Equal((256 * 1024, TimeSpan.FromSeconds(5), new LinkOptions().SilenceDeadline), (links.WindowBytes, links.MostPause, links.SilenceDeadline));
        Assert.Contains(wrong.Errors, m => m.StartsWith("jellybean.links.window is 2147483647", StringComparison.Ordinal));
        Assert.Contains(wrong.Errors, m => m.StartsWith("jellybean.links.silence-deadline is 00:00:01", StringComparison.Ordinal));
        Assert.Contains(wrong.Errors, m => m.StartsWith("jellybean.links.patience", StringComparison.Ordinal));
    }

    [Fact]
    public void Deadlines_out_of_range_and_unknown_ones_are_told_with_what_is_allowed()
    {
        var wrong = Assert.Throws<BadInputException>(() => Read("jellybean { inputs.numbers.a { }, cluster { join-deadline = 100ms, silence-deadline = 1s, patience = 1s } }"));

        Assert.Collection(
            wrong.Errors,
            e => Assert.Matches("^jellybean.cluster.join-deadline is 00:00:00.1000000 .*; allowed: 00:00:01 to 00:10:00.$", e),
            e => Assert.Matches("^jellybean.cluster.silence-deadline is 00:00:01 .*; allowed: 00:00:02 to 01:00:00.$", e),
            e => Assert.StartsWith("jellybean.cluster.patience is unknown", e, StringComparison.Ordinal));
    }

    [Fact]
    public void Adaptation_is_on_unless_switched_off_and_its_times_are_checked()
    {
        var options = Read("jellybean { inputs.numbers.a { }, adaptation { calm-for = 1m, shed = false } }").Cluster.Adaptation;
        var off = Read("jellybean { inputs.numbers.a { }, adaptation.enabled = false }").Cluster.Adaptation;
        var wrong = Assert.Throws<BadInputException>(() => Read("jellybean { inputs.numbers.a { }, adaptation { every = 1ms, calm-for = 0s, speed = 3 } }"));

        Assert.Equal(new AdaptationOptions { CalmFor = TimeSpan.FromMinutes(1), MayShed = false }, options);
        Assert.Null(off);
        Assert.Collection(
            wrong.Errors,
            e => Assert.Matches("^jellybean.adaptation.every is .*; allowed: 00:00:00.1000000 to 00:00:10.$", e),
            e => Assert.Matches("^jellybean.adaptation.calm-for is .*; allowed: 00:00:01 to 01:00:00.$", e),
            e => Assert.StartsWith("jellybean.adaptation.speed is unknown", e, StringComparison.Ordinal));
    }

    [Fact]
    public void Replanning_is_on_unless_switched_off_and_its_values_are_checked()
    {
        var options = Read("jellybean { inputs.numbers.a { }, replanning { every = 10s, least-gain = 0.1 } }").Cluster.Replanning;
        var off = Read("jellybean { inputs.numbers.a { }, replanning.enabled = false }").Cluster.Replanning;
        var wrong = Assert.Throws<BadInputException>(() => Read("jellybean { inputs.numbers.a { }, replanning { every = 10ms, least-gain = 2 } }"));

        Assert.Equal(new ReplanOptions { Every = TimeSpan.FromSeconds(10), LeastGain = 0.1 }, options);
        Assert.Null(off);
        Assert.Contains(wrong.Errors, e => e.StartsWith("jellybean.replanning.every is", StringComparison.Ordinal));
        Assert.Contains(wrong.Errors, e => e.StartsWith("jellybean.replanning.least-gain is", StringComparison.Ordinal));
    }

    [Fact]
    public void Configuration_with_many_mistakes_reports_them_all_at_once()
    {
        var wrong = Assert.Throws<BadInputException>(() => Read("""
            jellybean {
              inputs.numbers.north { node = edge-9, overload = sometimes, rate = fast, scale = 11, colour = red }
              inputs.letters.x { }
              planning { utilisation-cap = 1.5, allow-splits = maybe, time-limit = 5, cap = 1 }
              profile.elements = 0
              objectives.names { accuracy { metric = recall }, p99 = soon }
              objectives.nothing { }
              outptu = x
            }
            """));

        string[] expected =
        [
            "jellybean.inputs.numbers.north.node is 'edge-9' (test.conf:2); allowed: board-1, board-2, edge-1, edge-2, cloud-1. Did you mean 'edge-1' or 'edge-2'?",
            "jellybean.inputs.numbers.north.overload is 'sometimes' (test.conf:2); allowed: block, latest-only, drop-oldest, drop-oldest:N with N from 1 to 1000, sample:X with X elements per second from 0.001 to 1000.",
            "jellybean.inputs.numbers.north.rate is 'fast' (test.conf:2); allowed: a number from 0.001 to 1000000.",
            "jellybean.inputs.numbers.north.scale is '11' (test.conf:2); allowed: a number from 0 to 10.",
            "jellybean.inputs.numbers.north.colour is unknown (test.conf:2); allowed: node, overload, rate, scale, site, uri.",
            "jellybean.inputs.letters is unknown (test.conf:3); allowed: numbers.",
            "jellybean.planning.utilisation-cap is '1.5' (test.conf:4); allowed: a number from 0.01 to 1.",
            "jellybean.planning.allow-splits is 'maybe' (test.conf:4); allowed: true, false.",
            "jellybean.planning.time-limit is '5' (test.conf:4); allowed: a time with its unit, as in 500ms, 10s, 5m.",
            "jellybean.planning.cap is unknown (test.conf:4); allowed: allow-backward-traffic, allow-estimated, allow-key-splits, allow-splits, budget-per-hour, burstiness, goal, mode, neighbour-load, owned-only, routing, sharing, spare-tiers, time-limit, utilisation-cap.",
            "jellybean.profile.elements is '0' (test.conf:5); allowed: a whole number from 1 to 10000.",
            "jellybean.objectives.names.accuracy.least is missing (test.conf:6); allowed: a number, 0 or more, in the metric's unit.",
            "jellybean.objectives.names.p99 is 'soon' (test.conf:6); allowed: a time with its unit, as in 500ms, 10s, 5m.",
            "jellybean.objectives.nothing is unknown (test.conf:7); allowed: names.",
            "jellybean.outptu is unknown (test.conf:8); allowed: adaptation, catalogue, cluster, control, infrastructure, inputs, links, node, objectives, output, planning, profile, provisioner, replanning, snapshots. Did you mean 'output'?",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), wrong.Errors.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Configuration_catalogue_with_mistakes_reports_them_all()
    {
        var wrong = Assert.Throws<BadInputException>(() => Read("""
            jellybean {
              inputs.numbers.north { }
              infrastructure {
                tiers = [edge]
                worker-types.box { tier = fog, price-per-hour = cheap, cores = -1, memory = 2, sped = 1 }
                workers.a { type = bix, count = 1.5 }
                links.up { from = edge, to = edge, bandwidth = fast }
              }
            }
            """));

        string[] expected =
        [
            "jellybean.infrastructure.worker-types.box.memory is '2' (test.conf:5); allowed: a size with its unit, as in 512 MiB, 4 GiB.",
            "jellybean.infrastructure.worker-types.box.price-per-hour is 'cheap' (test.conf:5); allowed: a number, 0 or more.",
            "jellybean.infrastructure.worker-types.box.cores is '-1' (test.conf:5); allowed: a number above 0, or auto for this machine's.",
            "jellybean.infrastructure.worker-types.box.sped is unknown (test.conf:5)",
            "jellybean.infrastructure.workers.a.count is '1.5' (test.conf:6); allowed: a whole number from 1 to 10000.",
            "jellybean.infrastructure.links.up.bandwidth is 'fast' (test.conf:7); allowed: a bandwidth with its unit, as in 20 Mbit/s, 5 MB/s.",
            "test.conf:3: Catalogue 'unnamed': worker type 'box': tier 'fog' is unknown; allowed: edge.",
            "test.conf:3: Catalogue 'unnamed': worker 'a': type 'bix' is unknown; allowed: box.",
        ];
        Assert.All(expected, e => Assert.Contains(wrong.Errors, error => error.StartsWith(e, StringComparison.Ordinal)));
    }

    [Fact]
    public void Configuration_without_sources_says_how_to_give_one()
    {
        var wrong = Assert.Throws<BadInputException>(() => Read(""));

        Assert.Equal(["jellybean.inputs.numbers has no source; allowed: at least one section, as in jellybean.inputs.numbers.one { … }, or --number NAME=URI."], wrong.Errors);
    }

    [Fact]
    public void Sources_on_the_command_line_replace_the_configured_ones_as_a_whole()
    {
        var request = new ConfigurationRequest { Sources = ImmutableSortedDictionary<OperatorId, ImmutableArray<string>>.Empty.Add(new OperatorId("numbers"), ["east=/a b/c,d=e.mp4"]) };

        var configuration = Read("jellybean.inputs.numbers { north { scale = 2 }, south { } }", request);

        var east = Assert.Single(configuration.Sources);
        Assert.Equal("east", east.Name);
        Assert.Equal(new Dictionary<string, string> { ["uri"] = "/a b/c,d=e.mp4" }, east.Values);
    }

    [Theory]
    [InlineData("x.mp4")]
    [InlineData("=x.mp4")]
    [InlineData("a=")]
    [InlineData("a/b=x.mp4")]
    public void Sources_on_the_command_line_without_name_or_uri_are_refused(string source)
    {
        var request = new ConfigurationRequest { Sources = ImmutableSortedDictionary<OperatorId, ImmutableArray<string>>.Empty.Add(new OperatorId("numbers"), [source]) };

        var wrong = Assert.Throws<BadInputException>(() => Read("", request));

        Assert.Equal([$"--number is '{source}'; allowed: NAME=URI, as in --number door=door.mp4, where the name has no '/'."], wrong.Errors);
    }

    [Fact]
    public void Mistakes_on_the_command_line_are_told_without_the_passwords_in_them()
    {
        const string Uri = "rtsp://admin:s3cret@host/x";
        var request = new ConfigurationRequest
        {
            Sources = ImmutableSortedDictionary<OperatorId, ImmutableArray<string>>.Empty.Add(new OperatorId("numbers"), [Uri]),
            Sets = [Uri, $"jellybean.inputs.numbers={Uri}"],
        };

        var wrong = Assert.Throws<BadInputException>(() => Read("", request));

        Assert.NotEmpty(wrong.Errors);
        Assert.DoesNotContain(wrong.Errors, e => e.Contains("s3cret", StringComparison.Ordinal));
    }

    [Fact]
    public void Set_wins_over_files_and_takes_paths_as_they_are()
    {
        var request = new ConfigurationRequest { Sets = ["jellybean.planning.utilisation-cap=0.5", "jellybean.inputs.numbers.north.uri=/a b/c, d.mp4"] };

        var configuration = Read("jellybean { planning.utilisation-cap = 0.7, inputs.numbers.north { } }", request);

        Assert.Equal(0.5, configuration.Planning.UtilisationCap);
        Assert.Equal("/a b/c, d.mp4", configuration.Sources[0].Values["uri"]);
    }

    [Theory]
    [InlineData("0.8", "recall", 0.8)]
    [InlineData("mota=0.7", "mota", 0.7)]
    public void Accuracy_on_the_command_line_replaces_the_floor(string text, string metric, double least)
    {
        var configuration = Read("jellybean.inputs.numbers.north { }", new ConfigurationRequest { Accuracy = text });

        Assert.Equal(new AccuracyFloor(metric, least), configuration.Objectives[new OperatorId("names")].Accuracy);
    }

    [Fact]
    public void Rates_on_the_command_line_hold_for_all_or_for_one()
    {
        var configuration = Read("jellybean.inputs.numbers { north { rate = 1 }, south { } }", new ConfigurationRequest { Rates = ["5", "south=9"] });

        Assert.Equal([5, 9], configuration.Sources.Select(s => s.Rate!.Value));
    }

    [Fact]
    public void Catalogue_on_the_command_line_replaces_the_configured_one()
    {
        var file = _program.Write(OneBox, "one.conf");

        var configuration = Read("include \"local.conf\"\njellybean.inputs.numbers.north { }", new ConfigurationRequest { Catalogue = file });

        Assert.Equal("one-box", configuration.Catalogue.Name);
        Assert.Equal(new WorkerId("only"), Assert.Single(configuration.Catalogue.Workers).Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("include \"local.conf\"\njellybean.infrastructure.workers.edge.count = 9\n")]
    public void Catalogue_that_a_key_names_replaces_the_included_one(string before)
    {
        _program.Write(OneBox, "one.conf");

        var configuration = Read(before + "jellybean { catalogue = one.conf, inputs.numbers.north { } }", new ConfigurationRequest { Sets = ["jellybean.infrastructure.currency=EUR"] });

        Assert.Equal(("one-box", "EUR"), (configuration.Catalogue.Name, configuration.Catalogue.Currency));
        Assert.Equal(new WorkerId("only"), Assert.Single(configuration.Catalogue.Workers).Id);
    }

    [Fact]
    public void Node_is_not_held_against_a_catalogue_that_is_not_understood()
    {
        var wrong = Assert.Throws<BadInputException>(() => Read(
            "jellybean.inputs.numbers.north { node = edge-2 }", new ConfigurationRequest { Catalogue = "laptop", Sets = ["jellybean.infrastructure.workers.edge.count=0"] }));

        Assert.Equal(["jellybean.infrastructure.workers.edge.count is '0' (--set); allowed: a whole number from 1 to 10000."], wrong.Errors);
    }

    [Fact]
    public void Accuracy_rows_of_the_program_are_checked_with_the_configuration()
    {
        _program.Builder.UseProfile(TestProgram.Row("huge", 0.9), TestProgram.Row("large", double.NaN));

        var wrong = Assert.Throws<BadInputException>(() => Read("jellybean { inputs.numbers.north { }, outptu = x }"));

        Assert.Collection(
            wrong.Errors,
            e => Assert.StartsWith("UseProfile: accuracy recall of namer=huge: variant 'huge' is unknown; allowed: small, large.", e, StringComparison.Ordinal),
            e => Assert.StartsWith("UseProfile: accuracy recall of namer=large is NaN; allowed: a finite number.", e, StringComparison.Ordinal),
            e => Assert.StartsWith("jellybean.outptu is unknown", e, StringComparison.Ordinal));
    }

    [Fact]
    public void Catalogue_on_the_command_line_goes_before_the_key()
    {
        var file = _program.Write(OneBox, "one.conf");

        var configuration = Read("jellybean { catalogue = nope, inputs.numbers.north { } }", new ConfigurationRequest { Catalogue = file });

        Assert.Equal("one-box", configuration.Catalogue.Name);
    }

    [Fact]
    public void Catalogue_included_after_another_is_refused_rather_than_mixed_with_it()
    {
        _program.Write(OneBox, "one.conf");

        var wrong = Assert.Throws<BadInputException>(() => Read("include \"local.conf\"\ninclude \"one.conf\"\njellybean.inputs.numbers.north { }"));

        var error = Assert.Single(wrong.Errors);
        Assert.Matches(@"^jellybean\.infrastructure is 2 catalogues in one: 'laptop' \(laptop\.conf:\d+\) and 'one-box' \(one\.conf:2\); allowed: one\. Write jellybean\.catalogue = FILE", error);
    }

    [Fact]
    public void Catalogue_whose_single_keys_are_changed_stays_one()
    {
        var configuration = Read("include \"local.conf\"\njellybean { infrastructure.workers.edge.count = 3, inputs.numbers.north { } }");

        Assert.Equal(6, configuration.Catalogue.Workers.Length);
    }

    [Fact]
    public void Catalogue_that_is_not_there_is_the_only_error()
    {
        var wrong = Assert.Throws<BadInputException>(() => Read("jellybean.inputs.numbers.north { }", new ConfigurationRequest { Catalogue = "nope" }));

        Assert.StartsWith("--catalogue: there is no catalogue 'nope'", Assert.Single(wrong.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void File_with_a_missing_brace_is_the_only_error()
    {
        var wrong = Assert.Throws<BadInputException>(() => Read("jellybean {\n planning {\n utilisation-cap = 0.5 }"));

        Assert.StartsWith("test.conf:", Assert.Single(wrong.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Output_on_the_command_line_replaces_the_configured_one()
    {
        var configuration = Read("jellybean { output = /tmp/somewhere, inputs.numbers.north { } }", new ConfigurationRequest { Output = "/tmp/elsewhere" });

        Assert.Equal("/tmp/elsewhere", configuration.OutputFolder);
    }

    [Fact]
    public void Missing_files_are_all_named()
    {
        var request = new ConfigurationRequest { Files = ["nope.conf", "neither.conf"], Catalogue = "mainframe" };

        var wrong = Assert.Throws<BadInputException>(() => Read("", request));

        Assert.Contains(wrong.Errors, e => e.Contains("nope.conf", StringComparison.Ordinal));
        Assert.Contains(wrong.Errors, e => e.Contains("neither.conf", StringComparison.Ordinal));
        Assert.Contains(wrong.Errors, e => e.Contains("'mainframe'", StringComparison.Ordinal) && e.Contains("laptop", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("coordinator.conf")]
    [InlineData("edge.conf")]
    [InlineData("cloud.conf")]
    [InlineData("local.conf")]
    public void Shipped_role_files_are_valid(string file) =>
        Assert.Equal("laptop", Read($"include \"{file}\"\njellybean.inputs.numbers.north {{ }}").Catalogue.Name);

    private HostConfiguration Read(string text, ConfigurationRequest? request = null)
    {
        request ??= new ConfigurationRequest();
        var definition = (ProgramDefinition)_program.Services.First(s => s.ServiceType == typeof(ProgramDefinition)).ImplementationInstance!;
        var files = request.Files.IsEmpty ? [_program.Write(text)] : request.Files;
        var errors = new InputErrors();
        var configuration = ConfigurationReader.Read(definition, request with { Files = files }, new HoconFiles(Path.Combine(AppContext.BaseDirectory, "hocon")), _ => null, errors);
        errors.ThrowIfAny();
        return configuration;
    }
}
