namespace JellyBean.Workflows.Graph;

/// <summary>What an operator does with its elements.</summary>
public enum OperatorKind
{
    /// <summary>Brings in the elements of an input's sources.</summary>
    Input,

    /// <summary>One element for each.</summary>
    Select,

    /// <summary>Only the elements that meet a condition.</summary>
    Where,

    /// <summary>0 to N elements for each.</summary>
    SelectMany,

    /// <summary>The answer of a model for each element.</summary>
    Infer,

    /// <summary>Divides an element into 0 to N parts that a model answers one by one.</summary>
    Expand,

    /// <summary>Puts the answers for an element's parts together again.</summary>
    Regroup,

    /// <summary>A state for each key, advanced by each element.</summary>
    Process,

    /// <summary>Pairs of elements of two flows with the same key that happened close to each other.</summary>
    Join,

    /// <summary>The elements of a key that happened within a span of time.</summary>
    Window,

    /// <summary>The elements of several flows.</summary>
    Merge,

    /// <summary>Gives results to a sink.</summary>
    Output,
}
