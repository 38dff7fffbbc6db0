namespace JellyBean.Hosting.Hocon;

/// <summary>A configuration file cannot be understood. The message names file and line.</summary>
internal sealed class HoconException(string origin, string message) : Exception($"{origin}: {message}");
