namespace ServiceNode;

/// <summary>The groups of the node.</summary>
internal static class Groups
{
    /// <summary>The replicated log.</summary>
    public const string Log = "log";

    /// <summary>The state machine of its own.</summary>
    public const string Stock = "stock";
}
