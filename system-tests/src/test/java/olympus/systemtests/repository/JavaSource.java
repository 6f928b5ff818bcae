package olympus.systemtests.repository;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * What the rules need to know of one Java file, read from its syntax tree.
 *
 * @param file relative to the root of the repository, with slashes
 * @param sleeps the lines that put a thread to sleep
 * @param disabled the lines of annotations that switch a test off
 */
record JavaSource(
        String file,
        String packageName,
        int lines,
        List<String> types,
        List<Method> methods,
        List<Integer> sleeps,
        List<Integer> disabled) {

    private static final Set<String> SLEEPERS =
            Set.of("Thread", "NANOSECONDS", "MICROSECONDS", "MILLISECONDS", "SECONDS", "MINUTES");

    /**
     * A method or constructor and the number of lines from its first modifier to its closing brace.
     */
    record Method(String name, int lines) {}

    JavaSource {
        types = List.copyOf(types);
        methods = List.copyOf(methods);
        sleeps = List.copyOf(sleeps);
        disabled = List.copyOf(disabled);
    }

    /** Parses the given Java files below {@code root}. */
    static List<JavaSource> parse(Path root, List<Path> files) {
        var compiler =
                Objects.requireNonNull(
                        ToolProvider.getSystemJavaCompiler(), "the tests need a JDK");
        try (var manager = compiler.getStandardFileManager(null, null, null)) {
            var objects = manager.getJavaFileObjectsFromPaths(files);
            var task = (JavacTask) compiler.getTask(null, manager, null, null, null, objects);
            var trees = Trees.instance(task);
            var sources = new ArrayList<JavaSource>();
            for (var unit : task.parse()) {
                sources.add(read(root, unit, trees));
            }
            return sources;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JavaSource read(Path root, CompilationUnitTree unit, Trees trees)
            throws IOException {
        var file =
                root.relativize(Path.of(unit.getSourceFile().toUri()))
                        .toString()
                        .replace('\\', '/');
        var text = unit.getSourceFile().getCharContent(true).toString();
        var packageName = unit.getPackageName() == null ? "" : unit.getPackageName().toString();
        var finder = new Finder(unit, trees);
        finder.scan(unit, null);
        return new JavaSource(
                file,
                packageName,
                (int) text.lines().count(),
                finder.types,
                finder.methods,
                finder.sleeps,
                finder.disabled);
    }

    /** Collects declarations and offending expressions in the order of the file. */
    private static final class Finder extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final CompilationUnitTree unit;
        private final Trees trees;
        private final List<String> types = new ArrayList<>();
        private final List<Method> methods = new ArrayList<>();
        private final List<Integer> sleeps = new ArrayList<>();
        private final List<Integer> disabled = new ArrayList<>();

        Finder(CompilationUnitTree unit, Trees trees) {
            this.unit = unit;
            this.trees = trees;
        }

        @Override
        public @Nullable Void visitClass(ClassTree node, @Nullable Void nothing) {
            if (!node.getSimpleName().isEmpty()) {
                types.add(node.getSimpleName().toString());
            }
            return super.visitClass(node, null);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree node, @Nullable Void nothing) {
            var end = trees.getSourcePositions().getEndPosition(unit, node);
            if (end >= 0) {
                methods.add(new Method(node.getName().toString(), line(end) - lineOf(node) + 1));
            }
            return super.visitMethod(node, null);
        }

        @Override
        public @Nullable Void visitMemberSelect(MemberSelectTree node, @Nullable Void nothing) {
            var receiver = node.getExpression().toString();
            var simple = receiver.substring(receiver.lastIndexOf('.') + 1);
            if (node.getIdentifier().contentEquals("sleep") && SLEEPERS.contains(simple)) {
                sleeps.add(lineOf(node));
            }
            return super.visitMemberSelect(node, null);
        }

        @Override
        public @Nullable Void visitAnnotation(AnnotationTree node, @Nullable Void nothing) {
            var name = node.getAnnotationType().toString();
            if (name.substring(name.lastIndexOf('.') + 1).startsWith("Disabled")) {
                disabled.add(lineOf(node));
            }
            return super.visitAnnotation(node, null);
        }

        private int lineOf(Tree node) {
            return line(trees.getSourcePositions().getStartPosition(unit, node));
        }

        private int line(long position) {
            return (int) unit.getLineMap().getLineNumber(position);
        }
    }
}
