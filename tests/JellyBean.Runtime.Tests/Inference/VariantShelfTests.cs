using System.Collections.Immutable;
using JellyBean.Runtime.Inference;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Models;

namespace JellyBean.Runtime.Tests.Inference;

public sealed class VariantShelfTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly List<Kernel> _made = [];

    [Fact]
    public async Task Wanted_is_loaded_the_most_urgent_first_and_taken_without_loading()
    {
        await using var shelf = ShelfOf(mostBytes: 100);
        shelf.Want(["b", "a"]);
        shelf.Fill();
        await Eventually(() => shelf.Ready is ["a", "b"]);

        var taken = await shelf.TakeAsync("b", CancellationToken.None);

        Assert.Equal(["b", "b", "a", "a"], _made.Select(k => k.Variant));
        Assert.Equal(_made.Take(2), taken.Cast<Kernel>());
        Assert.Equal("a", Assert.Single(shelf.Ready));
        taken.ToList().ForEach(k => k.Dispose());
    }

    [Fact]
    public async Task Memory_is_full_what_is_less_urgent_is_let_go_and_not_loaded_again()
    {
        await using var shelf = ShelfOf(mostBytes: 25);
        shelf.Want(["a", "b", "c"]);
        shelf.Fill();

        await Eventually(() => Made("c") == 2 && Disposed("c") == 2);

        Assert.Equal("a", Assert.Single(shelf.Ready));
        Assert.Equal((2, 2, 2), (Made("a"), Made("b"), Made("c")));
    }

    [Fact]
    public async Task Not_wanted_any_more_is_let_go()
    {
        await using var shelf = ShelfOf(mostBytes: 100);
        shelf.Want(["a"]);
        shelf.Fill();
        await Eventually(() => shelf.Ready is ["a"]);

        shelf.Want([]);

        await Eventually(() => Disposed("a") == 2);
        Assert.Empty(shelf.Ready);
    }

    [Fact]
    public async Task Returned_is_kept_once_all_instances_are_back_if_it_is_wanted()
    {
        await using var shelf = ShelfOf(mostBytes: 100);
        var (kept, gone) = (await shelf.TakeAsync("a", CancellationToken.None), await shelf.TakeAsync("b", CancellationToken.None));
        shelf.Want(["a"]);

        shelf.Return(kept[1]);
        shelf.Return(gone[0]);
        var half = shelf.Ready;
        shelf.Return(kept[0]);
        shelf.Return(gone[1]);

        await Eventually(() => Disposed("b") == 2);
        Assert.Empty(half);
        Assert.Equal("a", Assert.Single(shelf.Ready));
        Assert.Equal(0, Disposed("a"));
    }

    [Fact]
    public async Task Variant_that_does_not_load_is_not_tried_for_ever_and_says_why_when_it_is_taken()
    {
        var attempts = 0;
        await using var shelf = new VariantShelf(1, 100, (variant, _) => variant == "broken"
            ? Task.FromException<ImmutableArray<InferenceKernel>>(new ModelLoadException($"Attempt {Interlocked.Increment(ref attempts)} fails."))
            : Load(variant, 1));
        shelf.Want(["broken", "a"]);
        shelf.Fill();
        await Eventually(() => shelf.Ready is ["a"]);

        var error = await Assert.ThrowsAsync<ModelLoadException>(() => shelf.TakeAsync("broken", CancellationToken.None));

        Assert.Equal("Attempt 2 fails.", error.Message);
    }

    [Fact]
    public async Task Disposed_lets_go_of_all_also_of_what_comes_back_alone()
    {
        var shelf = ShelfOf(mostBytes: 100);
        var taken = await shelf.TakeAsync("a", CancellationToken.None);
        shelf.Want(["a", "b"]);
        shelf.Fill();
        await Eventually(() => shelf.Ready is ["a", "b"]);
        shelf.Return(taken[0]);

        await shelf.DisposeAsync();
        shelf.Return(taken[1]);

        await Eventually(() => _made.TrueForAll(k => k.Disposals == 1));
    }

    private VariantShelf ShelfOf(long mostBytes) => new(2, mostBytes, (variant, _) => Load(variant, 2));

    private Task<ImmutableArray<InferenceKernel>> Load(string variant, int count)
    {
        lock (_made)
        {
            var kernels = Enumerable.Range(0, count).Select(_ => new Kernel(variant)).ToList();
            _made.AddRange(kernels);
            return Task.FromResult<ImmutableArray<InferenceKernel>>([.. kernels]);
        }
    }

    private int Made(string variant)
    {
        lock (_made)
        {
            return _made.Count(k => k.Variant == variant);
        }
    }

    private int Disposed(string variant)
    {
        lock (_made)
        {
            return _made.Where(k => k.Variant == variant).Sum(k => k.Disposals);
        }
    }

    private static async Task Eventually(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }

    private sealed class Kernel(string variant) : InferenceKernel(variant, 8)
    {
        private int _disposals;

        public int Disposals => Volatile.Read(ref _disposals);

        public override long MemoryBytes => 10;

        public override void Run(ReadOnlySpan<object> values, Span<object> results) => values.CopyTo(results);

        public override void Dispose() => Interlocked.Increment(ref _disposals);
    }
}
