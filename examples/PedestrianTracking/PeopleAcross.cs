using System.Collections.Immutable;
using JellyBean.Vision.Identities;
using PedestrianTracking.Truths;

namespace PedestrianTracking;

/// <summary>Who is who across cameras, from all that a run said.</summary>
internal static class PeopleAcross
{
    /// <returns>For everyone at every camera one number per person: from 1, in the order in which they first appear.</returns>
    public static ImmutableSortedDictionary<CameraTrack, long> Identities(IEnumerable<ITrackingResult> results)
    {
        var book = new IdentityBook();
        foreach (var result in results)
        {
            switch (result)
            {
                case PersonSeen seen:
                    book.See(seen.CameraTrack, seen.Frame);
                    break;
                case SamePerson same:
                    book.Meet(new(same.Camera, same.Person), new(same.OtherCamera, same.OtherPerson));
                    break;
            }
        }

        return book.Identities();
    }
}
