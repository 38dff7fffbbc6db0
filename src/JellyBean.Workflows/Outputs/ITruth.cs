namespace JellyBean.Workflows.Outputs;

/// <summary>Knows how the results of an output are held against what is true. A program registers one for each output whose accuracy can be measured.</summary>
/// <remarks>Thread-safe; each meter belongs to one run.</remarks>
/// <typeparam name="T">What a result carries.</typeparam>
public interface ITruth<T>
    where T : notnull
{
    /// <summary>A meter of accuracy: against what a file says is true.</summary>
    /// <param name="path">The truth file, in the format that the program's documentation names.</param>
    /// <exception cref="TruthException">The file is missing, empty, cannot be read, or is not of that format; the message has all mistakes found in it.</exception>
    IAccuracyMeter<T> Open(string path);

    /// <summary>A meter of agreement: against the results of another run, as of the most accurate variants where no truth exists. What it measures is no accuracy.</summary>
    /// <param name="reference">All results of the other run, taken as if they were true. Not kept by reference.</param>
    /// <exception cref="TruthException">There are none, or they contradict each other.</exception>
    IAccuracyMeter<T> Agreement(IReadOnlyList<T> reference);
}
