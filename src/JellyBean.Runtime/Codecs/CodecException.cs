namespace JellyBean.Runtime.Codecs;

/// <summary>A value or type that cannot be sent: the message says why, and what to do.</summary>
internal sealed class CodecException(string message) : InvalidOperationException(message);
