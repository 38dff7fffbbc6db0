using JellyBean.Hosting.Clusters;

namespace JellyBean.Hosting.Tests.Clusters;

public sealed class SqliteJournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-journal-").FullName;

    private string File => Path.Combine(_folder, "data", "boss.journal.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Saved_is_there_after_it_was_opened_again()
    {
        using (var first = new SqliteJournal(File))
        {
            Assert.Null(first.Load());
            first.Save([1]);
            first.Save([2, 3]);
        }

        using var second = new SqliteJournal(File);
        Assert.Equal([2, 3], second.Load());
    }

    [Fact]
    public void Opened_twice_is_refused()
    {
        using var first = new SqliteJournal(File);
        first.Save([1]);

        Assert.Throws<IOException>(() =>
        {
            using var second = new SqliteJournal(File);
        });
    }

    [Fact]
    public void Discarded_leaves_nothing_of_what_was_made_for_this_start_and_all_that_was_there_before()
    {
        new SqliteJournal(File).Discard();
        var left = Directory.GetFiles(Path.GetDirectoryName(File)!);
        using (var first = new SqliteJournal(File))
        {
            first.Save([1]);
        }

        new SqliteJournal(File).Discard();

        Assert.Empty(left);
        using var again = new SqliteJournal(File);
        Assert.Equal([1], again.Load());
    }
}
