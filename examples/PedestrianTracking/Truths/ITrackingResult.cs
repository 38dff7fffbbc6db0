namespace PedestrianTracking.Truths;

/// <summary>What the workflow says of people, at whichever output: what is held against the truth together.</summary>
public interface ITrackingResult;
