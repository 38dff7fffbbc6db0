using System.Diagnostics;
using System.Globalization;

namespace JellyBean.EndToEnd.Tests.Networks;

/// <summary>Hosts with addresses of their own on one switch, on this computer: network namespaces, whose cables can be pulled and made slow, and which can be parted.</summary>
/// <remarks>
/// Real: addresses, the loss of a link without FIN or RST, and what the kernel's TCP makes of it. A slow link is a token bucket; one with a short queue loses packets,
/// as busy lines do. Emulated: the hosts share one clock, one disk and the processors. Needs root and iproute2. Nothing outside the namespaces is touched; they go with the network,
/// and those that a killed process has left go when the next one is made.
/// </remarks>
internal sealed class HostNetwork : IDisposable
{
    private const string Prefix = "jellybean-";
    private static readonly Lazy<string?> Missing = new(TryOut);
    private static int _made;

    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _made)}");
    private readonly Dictionary<string, int> _hosts = [];

    public HostNetwork()
    {
        RemoveLeft();
        Ip("netns", "add", Switch);
        Ip("-n", Switch, "link", "add", "main", "type", "bridge");
        Ip("-n", Switch, "link", "set", "main", "up");
        Ip("-n", Switch, "link", "add", "other", "type", "bridge");
        Ip("-n", Switch, "link", "set", "other", "up");
    }

    /// <summary>Why this computer cannot have such hosts; null if it can.</summary>
    public static string? WhyNot => Missing.Value;

    private string Switch => _name;

    /// <summary>A host's address; the host is made with the first question.</summary>
    public string AddressOf(string host)
    {
        if (!_hosts.TryGetValue(host, out var number))
        {
            number = _hosts[host] = _hosts.Count + 1;
            Ip("netns", "add", Space(host));
            Ip("-n", Switch, "link", "add", Port(host), "type", "veth", "peer", "name", "eth0", "netns", Space(host));
            Ip("-n", Switch, "link", "set", Port(host), "master", "main");
            Ip("-n", Switch, "link", "set", Port(host), "up");
            Ip("-n", Space(host), "addr", "add", $"10.77.0.{number}/24", "dev", "eth0");
            Ip("-n", Space(host), "link", "set", "eth0", "up");
            Ip("-n", Space(host), "link", "set", "lo", "up");
        }

        return $"10.77.0.{number}";
    }

    /// <summary>What a command is put behind so that it runs on a host. The process is the command itself: it can be signalled by its id.</summary>
    public IReadOnlyList<string> On(string host)
    {
        AddressOf(host);
        return ["ip", "netns", "exec", Space(host)];
    }

    /// <summary>Pulls a host's cable: nothing arrives any more, and nobody is told.</summary>
    public void Unplug(string host) => Ip("-n", Switch, "link", "set", Port(host), "down");

    public void Plug(string host) => Ip("-n", Switch, "link", "set", Port(host), "up");

    /// <summary>Lets some hosts reach only each other, and the rest as well.</summary>
    public void Part(params IEnumerable<string> hosts)
    {
        foreach (var host in hosts)
        {
            Ip("-n", Switch, "link", "set", Port(host), "master", "other");
        }
    }

    /// <summary>Everybody reaches everybody again.</summary>
    public void Unite()
    {
        foreach (var host in _hosts.Keys)
        {
            Ip("-n", Switch, "link", "set", Port(host), "master", "main");
        }
    }

    /// <summary>Makes a host's link slow, both ways; what does not fit into the queue is lost.</summary>
    public void Slow(string host, string rate, string queue)
    {
        Shape(Switch, Port(host), rate, queue);
        Shape(Space(host), "eth0", rate, queue);
    }

    /// <summary>How many packets the slow links of a host have lost so far.</summary>
    public long LostBy(string host) => new[] { (Switch, Port(host)), (Space(host), "eth0") }.Sum(at =>
        long.Parse(System.Text.RegularExpressions.Regex.Match(Run("tc", "-n", at.Item1, "-s", "qdisc", "show", "dev", at.Item2), @"dropped (\d+)").Groups[1].Value, CultureInfo.InvariantCulture));

    public void Dispose()
    {
        foreach (var host in _hosts.Keys)
        {
            Ip("netns", "del", Space(host));
        }

        Ip("netns", "del", Switch);
    }

    private static void Shape(string space, string device, string rate, string queue) => Run("tc", "-n", space, "qdisc", "replace", "dev", device, "root", "tbf", "rate", rate, "burst", "4kb", "limit", queue);

    private string Space(string host) => $"{_name}-{host}";

    private string Port(string host) => string.Create(CultureInfo.InvariantCulture, $"port{_hosts[host]}");

    private static string Ip(params string[] arguments) => Run("ip", arguments);

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' has failed: {error.GetAwaiter().GetResult().Trim()}");
    }

    private static string? TryOut()
    {
        try
        {
            using var network = new HostNetwork();
            network.AddressOf("probe");
            network.Slow("probe", "1mbit", "10kb");
            return null;
        }
        catch (Exception cause) when (cause is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"Hosts in network namespaces need root and iproute2: {cause.Message}";
        }
    }

    private static void RemoveLeft()
    {
        var names = Ip("netns", "list").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));
        foreach (var name in names.Where(name => int.TryParse(name[Prefix.Length..].Split('-')[0], CultureInfo.InvariantCulture, out var owner) && !Directory.Exists($"/proc/{owner}")))
        {
            foreach (var id in Ip("netns", "pids", name).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Run("kill", "-9", id);
            }

            Ip("netns", "del", name);
        }
    }
}
