namespace JellyBean.Workflows.Outputs;

/// <summary>Knows how the results of an output are held against what is true. A program registers one for each output whose accuracy can be measured.</summary>
/// <remarks>
/// Thread-safe; each meter belongs to one run. Where one instance is registered for several outputs, one meter takes the results of all of
/// them: it measures what only they together tell, as identities across cameras do, which are of no use without the tracks. What the
/// outputs carry then has <typeparamref name="T"/> as its common type.
/// </remarks>
/// <typeparam name="T">What a result carries.</typeparam>
public interface ITruth<in T>
    where T : notnull
{
    /// <summary>Names of those of its metrics of which less is better, as counts of errors are. An objective asks for at least so much, so it cannot name one of these.</summary>
    IReadOnlyCollection<string> LessIsBetter => [];

    /// <summary>A meter of accuracy: against what a file says is true.</summary>
    /// <param name="path">The truth file, in the format that the program's documentation names.</param>
    /// <exception cref="TruthException">The file is missing, empty, cannot be read, or is not of that format; the message has all mistakes found in it.</exception>
    IAccuracyMeter<T> Open(string path);

    /// <summary>A meter of agreement: against the results of another run, as of the most accurate variants where no truth exists. What it measures is no accuracy.</summary>
    /// <param name="reference">All results of the other run, of all outputs that the truth is registered for, taken as if they were true. Not kept.</param>
    /// <exception cref="TruthException">There are none, or they contradict each other.</exception>
    IAccuracyMeter<T> Agreement(IReadOnlyList<T> reference);
}
