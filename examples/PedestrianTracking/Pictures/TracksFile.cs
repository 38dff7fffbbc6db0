using Microsoft.Data.Sqlite;

namespace PedestrianTracking.Pictures;

/// <summary>The database of a run, read back.</summary>
internal static class TracksFile
{
    public const string Table = "tracks";
    public const string IdentitiesTable = "identities";

    public static string PathIn(string folder) => Path.Combine(folder, "tracks.db");

    /// <summary>Who is in which frame of a camera.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="camera">The camera's name.</param>
    /// <param name="frames">Frames from 0 to read.</param>
    public static ILookup<long, PersonSeen> Read(string folder, string camera, long frames)
    {
        using var connection = Open(folder);
        using var command = new SqliteCommand($"SELECT person, frame, x, y, width, height, score FROM {Table} WHERE camera = @camera AND frame < @frames ORDER BY frame, person", connection);
        command.Parameters.AddWithValue("@camera", camera);
        command.Parameters.AddWithValue("@frames", frames);
        using var row = command.ExecuteReader();
        List<PersonSeen> seen = [];
        while (row.Read())
        {
            seen.Add(new PersonSeen(camera, row.GetInt64(0), row.GetInt64(1), row.GetFloat(2), row.GetFloat(3), row.GetFloat(4), row.GetFloat(5), row.GetFloat(6)));
        }

        return seen.ToLookup(s => s.Frame);
    }

    /// <summary>Who at one camera is who at another one.</summary>
    public static IReadOnlyList<SamePerson> ReadIdentities(string folder)
    {
        using var connection = Open(folder);
        using var command = new SqliteCommand($"SELECT site, camera, person, other_camera, other_person, likeness FROM {IdentitiesTable}", connection);
        using var row = command.ExecuteReader();
        List<SamePerson> same = [];
        while (row.Read())
        {
            same.Add(new SamePerson(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetInt64(4), row.IsDBNull(5) ? null : row.GetFloat(5)));
        }

        return same;
    }

    private static SqliteConnection Open(string folder)
    {
        // A reader that may not write leaves the files of the write-ahead log behind.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = PathIn(folder), Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
