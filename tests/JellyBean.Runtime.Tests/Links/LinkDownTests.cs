using JellyBean.Runtime.Links;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace JellyBean.Runtime.Tests.Links;

/// <summary>What is said of a link that breaks.</summary>
public sealed class LinkDownTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan OfBothSides = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Link_whose_other_end_has_closed_it_is_warned_of_only_where_that_lasts_longer_than_an_ordered_end_takes()
    {
        var (time, log) = (new FakeTimeProvider(), new WarningLog());
        var far = LinkEndpoint.Start(new LinkOptions(), null, "same", NullLoggerFactory.Instance, TimeProvider.System);
        await using var near = LinkEndpoint.Start(new LinkOptions { SilenceDeadline = TimeSpan.FromHours(1) }, null, "same", log, time);
        far.OpenReceiver(Items.End());
        await using var sender = near.OpenSender(Items.End(), far.Address);
        sender.Start();
        await sender.WaitToWriteAsync().AsTask().WaitAsync(Deadline);
        await far.DisposeAsync();

        var passed = TimeSpan.Zero;
        using var deadline = new CancellationTokenSource(Deadline);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (log.First is null)
        {
            time.Advance(TimeSpan.FromMilliseconds(20));
            passed += TimeSpan.FromMilliseconds(20);
            await timer.WaitForNextTickAsync(deadline.Token);
        }

        Assert.True(passed >= OfBothSides, $"Warned after {passed}.");
        Assert.Contains("is down; it is tried again", log.First, StringComparison.Ordinal);
    }

    private sealed class WarningLog : ILoggerFactory, ILogger
    {
        private volatile string? _first;

        public string? First => _first;

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _first ??= formatter(state, exception);

        public void Dispose()
        {
        }
    }
}
