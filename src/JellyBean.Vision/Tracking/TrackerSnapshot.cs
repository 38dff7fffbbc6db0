using JellyBean.Vision.Appearance;

namespace JellyBean.Vision.Tracking;

/// <summary>The tracker's state as bytes: version, next id, time, tracks in order; numbers to the bit.</summary>
internal static class TrackerSnapshot
{
    private const int MostTracks = 100_000;
    private const int LongestLook = 65_536;

    public static byte[] Write(List<Track> tracks, long nextId, DateTimeOffset? at)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(TrackerState.Version);
        writer.Write(nextId);
        writer.Write(at.HasValue);
        Write(writer, at ?? default);
        writer.Write(tracks.Count);
        foreach (var track in tracks)
        {
            writer.Write(track.Id);
            writer.Write(track.Hits);
            writer.Write(track.Class);
            writer.Write(track.Score);
            Write(writer, track.SeenAt);
            Write(writer, track.SureAt);
            writer.Write(track.IsSeen);
            Write(writer, track.X);
            Write(writer, track.Y);
            Write(writer, track.Width);
            Write(writer, track.Height);
            writer.Write(track.Look?.Values.Length ?? -1);
            foreach (var value in track.Look?.Values ?? [])
            {
                writer.Write(value);
            }
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are not such a state.</exception>
    public static (List<Track> Tracks, long NextId, DateTimeOffset? At) Read(ReadOnlyMemory<byte> bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes.ToArray()));
        try
        {
            var version = reader.ReadInt32();
            if (version != TrackerState.Version)
            {
                throw new InvalidDataException($"The tracker's state is of version {version}; this program reads version {TrackerState.Version}.");
            }

            var nextId = reader.ReadInt64();
            var hasTime = reader.ReadBoolean();
            var at = ReadTime(reader);
            var count = Bounded(reader.ReadInt32(), 0, MostTracks);
            List<Track> tracks = [];
            for (var i = 0; i < count; i++)
            {
                tracks.Add(ReadTrack(reader));
            }

            return reader.BaseStream.Position == bytes.Length
                ? (tracks, nextId, hasTime ? at : null)
                : throw new InvalidDataException($"The tracker's state has {bytes.Length - reader.BaseStream.Position} bytes too many.");
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException)
        {
            throw new InvalidDataException("The tracker's state is cut off or damaged.", e);
        }
    }

    private static Track ReadTrack(BinaryReader reader)
    {
        var (id, hits, @class, score) = (reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadSingle());
        var track = new Track { Id = id, Hits = hits, Class = @class, Score = score, SeenAt = ReadTime(reader), SureAt = ReadTime(reader), IsSeen = reader.ReadBoolean() };
        (track.X, track.Y, track.Width, track.Height) = (ReadFilter(reader), ReadFilter(reader), ReadFilter(reader), ReadFilter(reader));
        var length = Bounded(reader.ReadInt32(), -1, LongestLook);
        if (length >= 0)
        {
            var values = new float[length];
            for (var i = 0; i < length; i++)
            {
                values[i] = reader.ReadSingle();
            }

            track.Look = new Look([.. values]);
        }

        return track;
    }

    private static int Bounded(int number, int least, int most) =>
        number >= least && number <= most ? number : throw new InvalidDataException($"The tracker's state holds a length of {number}; allowed: {least} to {most}.");

    private static void Write(BinaryWriter writer, Kalman filter)
    {
        writer.Write(filter.Value);
        writer.Write(filter.Velocity);
        writer.Write(filter.ValueVariance);
        writer.Write(filter.Covariance);
        writer.Write(filter.VelocityVariance);
    }

    private static Kalman ReadFilter(BinaryReader reader) =>
        new(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());

    private static void Write(BinaryWriter writer, DateTimeOffset time)
    {
        writer.Write(time.Ticks);
        writer.Write((short)time.TotalOffsetMinutes);
    }

    private static DateTimeOffset ReadTime(BinaryReader reader) => new(reader.ReadInt64(), TimeSpan.FromMinutes(reader.ReadInt16()));
}
