using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;
using JellyBean.Runtime.Tests.Control;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Tests.Telemetry;

public sealed class FailureLedgerTests
{
    private static readonly SourceId Camera = SourceId.Of("cameras", "north");
    private static readonly OperatorId Detector = new("detector");

    [Fact]
    public void Element_that_fails_twice_counts_once_and_its_cause_twice()
    {
        var ledger = new FailureLedger(new ListLoggers());
        ledger.Add(Detector, Lineage.Of(Camera, 4), new ArgumentException("odd"));
        ledger.Add(Detector, Lineage.Of(Camera, 4).Child(1), new ArgumentException("odd, too"));
        ledger.Add(Lineage.Of(Camera, 4));
        ledger.Add(Detector, Lineage.Of(Camera, 7), new ArgumentException("odd again"));

        var report = ledger.Report();

        Assert.Equal([new NumberRange(4, 4), new NumberRange(7, 7)], Assert.Single(report.Sources).Latest.ToArray());
        Assert.Equal(new FailureCause(Detector, "ArgumentException: odd", 3, new FailedElement(Camera, 4), new FailedElement(Camera, 7)), Assert.Single(report.Causes));
    }

    [Fact]
    public void Causes_without_end_are_counted_and_logged_a_bounded_number_of_times()
    {
        var log = new ListLoggers();
        var ledger = new FailureLedger(log);
        for (var n = 0; n < 10_000; n++)
        {
            ledger.Add(Detector, Camera, n, $"frame {new string('i', n % 1000)} is torn");
        }

        var report = ledger.Report();

        Assert.Equal(10_000, report.Causes.Sum(c => c.Count) + report.OfOtherCauses);
        Assert.InRange(report.Causes.Length, 1, 50);
        Assert.Equal(report.Causes.Length + 1, log.Entries.Count);
    }

    [Fact]
    public void Faults_that_differ_in_numbers_only_are_one_kind_and_logged_once()
    {
        var log = new ListLoggers();
        var ledger = new FailureLedger(log);
        for (var n = 0; n < 14; n++)
        {
            ledger.Add(Detector, Camera, n, $"the picture at {n}.{n} s could not be decoded: [h264 @ 0x55e{n:x}f8] damaged at {n} 0");
        }

        ledger.Add(Detector, Camera, 99, "the file is cut off");

        Assert.Equal([14L, 1L], ledger.Report().Causes.Select(c => c.Count).Order().Reverse());
        Assert.Equal(2, log.Entries.Count);
    }

    [Fact]
    public void Exceptions_show_their_stacks_at_debug_only()
    {
        var (normal, debug) = (new StackLogger(LogLevel.Information), new StackLogger(LogLevel.Debug));
        var cause = new ArgumentException("odd");

        new FailureLedger(normal).Add(Detector, Lineage.Of(Camera, 4), cause);
        new FailureLedger(debug).Add(Detector, Lineage.Of(Camera, 4), cause);

        Assert.Equal([null], normal.Stacks);
        Assert.Equal([cause], debug.Stacks);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void Failures_without_end_the_report_fits_a_message_and_says_how_many_it_does_not_list(int sources)
    {
        var ledger = new FailureLedger(new ListLoggers());
        for (var n = 0; n < 20_000; n++)
        {
            for (var s = 0; s < sources; s++)
            {
                ledger.Add(new OperatorId($"operator-{n % 7}"), SourceId.Of("cameras", $"camera-{s}"), long.MaxValue / 2 + (3L * n), n % 200 == 0 ? $"{n}{new string('ö', 10_000)}" : "torn");
            }
        }

        var failures = ledger.Report();
        var report = new FragmentReport(1, new WorkerId("edge-1"), [.. failures.Sources.Select(s => new SourceReport(s.Source, 1, 1, true, new SourceFault(new string('ö', 10_000), IsCrash: true), 0, 0))], [], [], [], failures);

        Assert.InRange(MessageFormat.Write(new Report(report)).Length, 1, ControlProtocol.MaxBytes);
        Assert.All(failures.Sources, s => Assert.Equal(20_000, s.Count));
        Assert.All(failures.Sources, s => Assert.Equal(20_000, s.Unlisted + s.Latest.Length));
    }

    private sealed class StackLogger(LogLevel least) : ILogger
    {
        public List<Exception?> Stacks { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Stacks.Add(exception);
    }
}
