using JellyBean.Workflows.Outputs;
using Microsoft.Data.Sqlite;

namespace JellyBean.Hosting.Sinks;

/// <summary>Says what a database's error means for who runs the program.</summary>
internal static class SqliteFault
{
    // Result codes of SQLite: https://www.sqlite.org/rescode.html
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    public static SinkException Of(string path, SqliteException cause) => new($"Results cannot be written to '{path}': {Reason(cause)}", cause);

    private static string Reason(SqliteException cause) => cause.SqliteErrorCode switch
    {
        Busy or Locked => "another program holds the database. End it, or give another file.",
        ReadOnly => "the file or its folder is read-only. Make both writable, or give another folder.",
        InputOutput => $"reading or writing the disk failed ({cause.Message}). Check the disk.",
        Corrupt => "the database is damaged. Move the file away, or give another one.",
        Full => "the disk is full. Make room; nothing of the batch was kept.",
        CannotOpen => "the file cannot be opened or made. Check that its folder can be written and that it is not itself a folder.",
        NotADatabase => "the file is there, but is no SQLite database. Move it away, or give another file.",
        _ => $"{cause.Message}.",
    };
}
