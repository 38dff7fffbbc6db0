namespace JellyBean.Vision.Identities;

/// <summary>A track, among those of several cameras.</summary>
/// <param name="Camera">The camera's name.</param>
/// <param name="Track">Its number at that camera.</param>
public readonly record struct CameraTrack(string Camera, long Track) : IComparable<CameraTrack>
{
    /// <summary>By camera, then number.</summary>
    public int CompareTo(CameraTrack other)
    {
        var byCamera = string.CompareOrdinal(Camera, other.Camera);
        return byCamera != 0 ? byCamera : Track.CompareTo(other.Track);
    }
}
