package olympus.model.state;

/** An answer as it travels. */
public record AnsweredByNode(NodeAnswer answer) {}
