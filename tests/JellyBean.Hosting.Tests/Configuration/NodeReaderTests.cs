using System.Collections.Immutable;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Hocon;
using JellyBean.Runtime;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Tests.Configuration;

public sealed class NodeReaderTests
{
    private static readonly ImmutableArray<Tier> Tiers = [Tier.Edge, Tier.Cloud];

    [Fact]
    public void Read_command_line_goes_over_the_environment_which_goes_over_files()
    {
        var environment = new Dictionary<string, string> { ["JELLYBEAN_NODE_NAME"] = "of-environment", ["JELLYBEAN_NODE_JOIN"] = "10.0.0.1:1, 10.0.0.2:2" };

        var (node, errors) = Read(
            "name = of-file, roles = [edge, coordinator], join = [\"10.0.0.9:9\"], listen = \"127.0.0.1:7\", coordinators = 3, data = d, certificates = c",
            new NodeRequest { Name = "of-command-line" },
            environment.GetValueOrDefault);

        Assert.Empty(errors);
        Assert.Equal("of-command-line", node.Name?.Value);
        Assert.Equal((Tier.Edge, true), (Assert.Single(node.Tiers), node.IsCoordinator));
        Assert.Equal(["10.0.0.1:1", "10.0.0.2:2"], node.Join.Select(j => j.ToString()));
        Assert.Equal(new NodeAddress("127.0.0.1", 7), node.Listen);
        Assert.Equal((3, "d"), (node.Coordinators, node.DataFolder));
        Assert.Equal(new CertificateFiles(Path.Combine("c", "of-command-line.pem"), null, Path.Combine("c", "ca.pem"), null), node.Certificates);
    }

    [Fact]
    public void Read_all_that_is_wrong_is_told_at_once()
    {
        var (_, errors) = Read("roles = [edge, cloud, fog], join = [nowhere], certificate = a.pem, nmae = x", new NodeRequest(), _ => null);

        Assert.Contains(errors, e => e.Contains("role 'fog'; allowed: edge, cloud, coordinator, planner", StringComparison.Ordinal));
        Assert.Contains(errors, e => e.Contains("'nowhere'", StringComparison.Ordinal));
        Assert.Contains(errors, e => e.Contains("no authority", StringComparison.Ordinal));
        Assert.Contains(errors, e => e.Contains("nmae", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("roles = [edge, cloud]", new string[0], null)]
    [InlineData("roles = [edge]", new[] { "edge,cloud" }, null)]
    [InlineData("roles = [edge]", new[] { "edge", "cloud" }, "edge")]
    [InlineData("", new string[0], "edge, cloud,edge")]
    public void Read_several_tiers_from_file_command_line_or_environment(string file, string[] roles, string? environment)
    {
        var (node, errors) = Read(file, new NodeRequest { Roles = [.. roles] }, key => key == "JELLYBEAN_NODE_ROLES" ? environment : null);

        Assert.Empty(errors);
        Assert.Equal(Tiers.AsEnumerable(), node.Tiers);
        Assert.False(node.IsCoordinator);
    }

    [Fact]
    public void Read_node_beside_other_programs_that_makes_plans()
    {
        var (node, errors) = Read("roles = [planner], beside = true", new NodeRequest(), _ => null);
        var (asked, _) = Read("", new NodeRequest { IsBeside = true, Roles = ["edge,planner"] }, _ => null);

        Assert.Empty(errors);
        Assert.Equal((true, true, true), (node.IsPlanner, node.IsBeside, node.Tiers.IsEmpty));
        Assert.Equal((true, true, Tier.Edge), (asked.IsPlanner, asked.IsBeside, Assert.Single(asked.Tiers)));
    }

    [Theory]
    [InlineData("127.0.0.1:4711", "127.0.0.1", 4711)]
    [InlineData("[::1]:80", "::1", 80)]
    [InlineData("cam-gate.site:1", "cam-gate.site", 1)]
    public void Address_is_read_and_written_as_it_was(string text, string host, int port)
    {
        Assert.True(NodeAddress.TryParse(text, out var address));

        Assert.Equal(new NodeAddress(host, port), address);
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("host")]
    [InlineData(":1")]
    [InlineData("host:65536")]
    [InlineData("::1:80")]
    [InlineData("a b:1")]
    public void Address_that_is_none_is_refused(string text) => Assert.False(NodeAddress.TryParse(text, out _));

    private static (NodeConfiguration Node, List<string> Errors) Read(string text, NodeRequest request, Func<string, string?> environment)
    {
        var errors = new List<string>();
        var section = new SectionReader(HoconParser.Parse(text, "test.conf", (_, _) => throw new HoconException("test.conf", "cannot include")), "jellybean.node", errors);
        return (new NodeReader(section, request, environment, errors).Read(Tiers), errors);
    }
}
