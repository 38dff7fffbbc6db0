using System.Diagnostics;
using System.Globalization;
using JellyBean.Runtime;

namespace JellyBean.Benchmarks.Figures.Links;

/// <summary>The receiving process of a measurement: this program, started once more.</summary>
internal sealed class LinkPeer : IDisposable
{
    public const string Command = "link-peer";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private readonly Process _process;

    private LinkPeer(Process process, NodeAddress address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>Where it takes what is sent.</summary>
    public NodeAddress Address { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="load">What it is to receive.</param>
    /// <param name="environment">Variables to set; none unless given.</param>
    public static async Task<LinkPeer> StartAsync(LinkLoad load, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var process = Start([Command, .. load.ToArguments()], environment, isInput: false);
        try
        {
            var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Deadline);
            return NodeAddress.TryParse(line, out var address)
                ? new LinkPeer(process, address)
                : throw new InvalidOperationException($"The receiving process said '{line}' instead of where it listens.");
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>Starts this program once more.</summary>
    public static Process Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment, bool isInput)
    {
        var host = Environment.ProcessPath!;
        string[] before = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [typeof(LinkPeer).Assembly.Location] : [];
        var start = new ProcessStartInfo(host, [.. before, .. arguments]) { RedirectStandardOutput = !isInput, RedirectStandardInput = isInput, UseShellExecute = false };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>What it measured, once all has come.</summary>
    public async Task<LinkOutcome> OutcomeAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Deadline);
        var numbers = line?.Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToList();
        return numbers is [var rate, var allocated, var cpu, var p50, var p99, var wrong]
            ? new LinkOutcome(rate, allocated, cpu, p50, p99, (long)wrong)
            : throw new InvalidOperationException($"The receiving process said '{line}' instead of what it measured.");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}

/// <summary>What is sent, and how.</summary>
/// <param name="Way">Over which kind of connection.</param>
/// <param name="Elements">How many.</param>
/// <param name="Bytes">How large each is.</param>
/// <param name="Certificates">Folder with the certificates of both processes; null for plaintext.</param>
internal sealed record LinkLoad(LinkWay Way, int Elements, int Bytes, string? Certificates = null)
{
    public IEnumerable<string> ToArguments() =>
        [$"{Way}", Elements.ToString(CultureInfo.InvariantCulture), Bytes.ToString(CultureInfo.InvariantCulture), .. Certificates is null ? Array.Empty<string>() : [Certificates]];

    public static LinkLoad Of(string[] arguments) => new(
        Enum.Parse<LinkWay>(arguments[0]),
        int.Parse(arguments[1], CultureInfo.InvariantCulture),
        int.Parse(arguments[2], CultureInfo.InvariantCulture),
        arguments.Length > 3 ? arguments[3] : null);
}

/// <summary>Kinds of connections that are compared.</summary>
internal enum LinkWay
{
    /// <summary>The engine's links: stages, codec, credit, acknowledgements.</summary>
    Link,

    /// <summary>A blocking socket, and nothing else.</summary>
    Socket,

    /// <summary>StreamRefs of Akka.Remote, with MessagePack.</summary>
    StreamRef,
}

/// <summary>What the receiving process measured.</summary>
/// <param name="PerSecond">Elements per second, after the first tenth.</param>
/// <param name="AllocatedBytes">Per element, after the first tenth.</param>
/// <param name="CpuUs">Processor time per element, microseconds, after the first tenth.</param>
/// <param name="P50Ms">From sending to receiving.</param>
/// <param name="P99Ms">From sending to receiving.</param>
/// <param name="Wrong">Elements lost, doubled, out of order or changed.</param>
internal sealed record LinkOutcome(double PerSecond, double AllocatedBytes, double CpuUs, double P50Ms, double P99Ms, long Wrong);
