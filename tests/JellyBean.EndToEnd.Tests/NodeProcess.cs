using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace JellyBean.EndToEnd.Tests;

/// <summary>A program of the examples as a process of its own. Ends with the test, whatever happens.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly List<(Regex Pattern, TaskCompletionSource<string> Seen)> _waiting = [];
    private readonly Lock _gate = new();

    private NodeProcess(string name, ProcessStartInfo start)
    {
        Name = name;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => OnLine(e.Data);
        _process.ErrorDataReceived += (_, e) => OnLine(e.Data);
    }

    public string Name { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>All that it has said.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
            {
                return _output.ToString();
            }
        }
    }

    public static NodeProcess Start(string program, string name, string cache, params IEnumerable<string> arguments) => Start([], program, name, cache, arguments);

    /// <param name="launcher">A command that the program is put behind, and that becomes it; empty for none.</param>
    public static NodeProcess Start(IReadOnlyList<string> launcher, string program, string name, string cache, IEnumerable<string> arguments)
    {
        string[] command =
        [
            .. launcher,
            Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet",
            "exec",
            PathOf(program),
            .. arguments,
        ];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["JELLYBEAN_CACHE"] = cache },
        };
        var node = new NodeProcess(name, start);
        node._process.Start();
        node._process.BeginOutputReadLine();
        node._process.BeginErrorReadLine();
        return node;
    }

    /// <summary>Waits until what it has said matches.</summary>
    /// <returns>The first group, or the whole match where there is none.</returns>
    public async Task<string> SaysAsync(string pattern, CancellationToken deadline)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant);
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (regex.Match(_output.ToString()) is { Success: true } said)
            {
                return Value(said);
            }

            _waiting.Add((regex, seen));
        }

        try
        {
            // What a process says arrives before its end does.
            var ended = _process.WaitForExitAsync(deadline);
            if (await Task.WhenAny(seen.Task, ended) == ended && !ended.IsCanceled && !seen.Task.IsCompleted)
            {
                throw new InvalidOperationException($"'{Name}' has ended with {_process.ExitCode} and has not said '{pattern}'. It said:\n{Output}");
            }

            return await seen.Task.WaitAsync(deadline);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"'{Name}' has not said '{pattern}'. It said:\n{Output}");
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndsAsync(CancellationToken deadline)
    {
        try
        {
            await _process.WaitForExitAsync(deadline);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"'{Name}' has not ended. It said:\n{Output}");
        }
    }

    /// <summary>As the system does when memory is short: no goodbye.</summary>
    public void Kill() => _process.Kill();

    /// <summary>As a service manager does.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _output.AppendLine(line);
            if (_waiting.Count == 0)
            {
                return;
            }

            var output = _output.ToString();
            _waiting.RemoveAll(w => w.Pattern.Match(output) is { Success: true } said && w.Seen.TrySetResult(Value(said)));
        }
    }

    // Beside this assembly, or where the example itself was built, in the same way as this.
    public static string PathOf(string program)
    {
        if (Path.IsPathRooted(program))
        {
            return program;
        }

        var here = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var beside = Path.Combine(here.FullName, $"{program}.dll");
        if (File.Exists(beside))
        {
            return beside;
        }

        var root = here;
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "JellyBean.sln")))
        {
            root = root.Parent;
        }

        return Path.Combine(root?.FullName ?? "", "examples", program, "bin", here.Parent!.Name, here.Name, $"{program}.dll");
    }

    private static string Value(Match match) => match.Groups.Count > 1 ? match.Groups[1].Value : match.Value;
}
