namespace Replication.Testing.Checkers;

/// <summary>What a checker found. Three answers, never two: what was not decided is not valid.</summary>
public enum Validity
{
    /// <summary>Not decided: a cap was reached, or the history shows too little.</summary>
    Unknown,

    /// <summary>The history keeps the property.</summary>
    Valid,

    /// <summary>The history breaks the property.</summary>
    Invalid,
}
