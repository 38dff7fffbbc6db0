namespace JellyBean.Runtime.Links;

/// <summary>A conversation that shares the endpoint of links: its listener, its TLS and its limits on whoever connects. Thread-safe.</summary>
internal interface ILinkGuest
{
    /// <summary>Four bytes that tell it from links.</summary>
    byte[] Magic { get; }

    /// <summary>Serves a connection to its end. The stream is closed by the caller.</summary>
    /// <param name="stream">What follows the greeting.</param>
    /// <param name="greeting">The greeting's body.</param>
    /// <param name="stopping">Ends it.</param>
    /// <returns>An <see cref="InvalidDataException"/> if the other end broke the protocol; null otherwise.</returns>
    Task<Exception?> ServeAsync(Stream stream, byte[] greeting, CancellationToken stopping);
}
